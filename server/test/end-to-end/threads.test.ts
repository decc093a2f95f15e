import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { digestOf } from '../../src/domain/digest-of.ts'
import { type Answer, type Ask, ask } from '../kit/http-client.ts'
import { type Connection, spawnThreaded, startThreaded, threadOf } from '../kit/threaded-server.ts'
import { until } from '../kit/until.ts'

const threads = 3
const mediaType = 'application/vnd.oci.image.manifest.v1+json'
const config = Buffer.from('{}')

/** One connection of several, in turn. */
function at(connections: readonly Connection[], n: number): Connection {
  const found = connections[n % connections.length]
  assert.ok(found)
  return found
}

async function pushConfig({ ask }: Connection): Promise<void> {
  const path = `/v2/acme/app/blobs/uploads/?digest=${digestOf(config)}`
  assert.equal((await ask({ method: 'POST', path, body: config })).status, 201)
}

function manifest(n: number): Buffer {
  const empty = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(config), size: 2 }
  const content = { schemaVersion: 2, mediaType, config: empty, layers: [], annotations: { n: String(n) } }
  return Buffer.from(JSON.stringify(content))
}

function putOf(n: number, headers = {}): Omit<Ask, 'agent'> {
  const path = '/v2/acme/app/manifests/v1'
  return { method: 'PUT', path, body: manifest(n), headers: { 'Content-Type': mediaType, ...headers } }
}

async function put(connection: Connection, n: number): Promise<Answer> {
  const answer = await connection.ask(putOf(n))
  assert.equal(answer.status, 201, answer.text())
  return answer
}

async function shownBy(connection: Connection): Promise<number> {
  const answer = await connection.ask({ path: '/v2/acme/app/manifests/v1', headers: { Accept: mediaType } })
  assert.equal(answer.status, 200, answer.text())
  return Number(answer.json().annotations.n)
}

async function beginUpload({ ask }: Connection): Promise<string> {
  const answer = await ask({ method: 'POST', path: '/v2/acme/app/blobs/uploads/' })
  assert.equal(answer.status, 202)
  return String(answer.headers.location).replace(/^https?:\/\/[^/]+/, '')
}

/** A body that sends its first part at once and the rest when it is let. */
function heldBody(
  first: Uint8Array,
  rest: Uint8Array,
): { body: AsyncIterable<Uint8Array>; letGo: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield first
    await promise
    yield rest
  }
  return { body: parts(), letGo: resolve }
}

/** So much that the first of it is in the file before the last has come. */
const large = Buffer.alloc(1_200_000, 'large')
const small = Buffer.from('and the rest')

async function keptOf(url: string, location: string): Promise<number> {
  const answer = await ask(url, { path: location })
  assert.equal(answer.status, 204, answer.text())
  return Number(/^0-(\d+)$/.exec(String(answer.headers.range))?.[1]) + 1
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lading-threads-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

/** Every line of the log is whole, whichever thread it comes from. */
function linesOf(printed: string): Record<string, unknown>[] {
  return printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

test('connections reach every thread, and each shows at once what was acknowledged by another', async () => {
  await using server = await startThreaded({ threads })
  const { connections, spawned } = server
  await pushConfig(at(connections, 0))
  for (let n = 0; n < 150; n++) {
    await put(at(connections, n), n)
    assert.deepEqual(await Promise.all(connections.map(shownBy)), Array(threads).fill(n))
  }
  const { code } = await spawned.end('SIGTERM')
  assert.equal(code, 0, spawned.printed())
  const puts = linesOf(spawned.printed()).filter(({ method }) => method === 'PUT')
  assert.equal(puts.length, 150)
  const prefixes = new Set(puts.map(({ requestId }) => String(requestId).replace(/-[^-]*$/, '')))
  assert.equal(prefixes.size, threads)
})

test('once anybody has seen a tag move, nobody is shown what was before', async () => {
  await using server = await startThreaded({ threads })
  const { connections } = server
  const [writer, ...readers] = connections
  assert.ok(writer)
  await pushConfig(writer)
  await put(writer, 0)
  let writing = true
  let seen = 0
  let reads = 0
  const read = async (reader: Connection): Promise<void> => {
    while (writing) {
      const least = seen
      const shown = await shownBy(reader)
      assert.ok(shown >= least, `${shown} was shown after ${least}`)
      seen = Math.max(seen, shown)
      reads++
    }
  }
  const write = async (): Promise<void> => {
    for (let n = 1; n <= 150; n++) {
      await put(writer, n)
      seen = Math.max(seen, n)
    }
  }
  await Promise.all([...readers.map(read), write().finally(() => (writing = false))])
  assert.ok(reads > 150, `${reads} reads`)
})

test('of two threads that write to one upload one writes, the other waits for its turn or is refused', async () => {
  await using server = await startThreaded({ threads, env: { LADING_LIMITS_UPLOAD_WAIT: '700ms' } })
  const { connections } = server
  const [one, other, third] = connections
  assert.ok(one && other && third)
  const path = await beginUpload(one)
  const first = heldBody(large, small)
  const writing = one.ask({ method: 'PATCH', path, body: first.body })
  await until(async () => (await keptOf(server.spawned.url, path)) > 1)
  const refused = await other.ask({ method: 'PATCH', path, body: small })
  assert.equal(refused.status, 409, refused.text())
  assert.equal(refused.headers['retry-after'], '1')
  const waiting = other.ask({ method: 'PATCH', path, body: small })
  first.letGo()
  assert.equal((await writing).status, 202)
  assert.equal((await waiting).status, 202)
  const whole = Buffer.concat([large, small, small])
  assert.equal(await keptOf(server.spawned.url, path), whole.length)
  const digest = digestOf(whole)
  const finished = await third.ask({ method: 'PUT', path: `${path}?digest=${digest}`, body: '' })
  assert.equal(finished.status, 201, finished.text())
  const shown = await one.ask({ path: `/v2/acme/app/blobs/${digest}` })
  assert.ok(shown.body.equals(whole))
})

test('of 64 pushes that want the same tag as it was, over all threads, one wins', async () => {
  await using server = await startThreaded({ threads })
  const { connections, spawned } = server
  await pushConfig(at(connections, 0))
  for (let round = 0; round < 3; round++) {
    const before = await put(at(connections, round), 1000 + round)
    const headers = { 'If-Match': `"${before.headers['docker-content-digest']}"` }
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) => ask(spawned.url, putOf(2000 + round * 64 + n, headers))),
    )
    const statuses = answers.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [201, ...Array(63).fill(412)])
    assert.equal(new Set(answers.map(threadOf)).size, threads)
  }
})

test('SIGTERM lets the running requests of every thread end', async () => {
  await using server = await startThreaded({ threads })
  const { connections, spawned } = server
  const uploads = await Promise.all(
    connections.map(async (connection, n) => {
      const path = await beginUpload(connection)
      const { body, letGo } = heldBody(large, Buffer.from(String(n)))
      const answer = connection.ask({ method: 'PATCH', path, body })
      await until(async () => (await keptOf(spawned.url, path)) > 1)
      return { answer, letGo }
    }),
  )
  const ended = spawned.end('SIGTERM')
  await until(async () => spawned.printed().includes('Stopping'))
  for (const { letGo } of uploads) letGo()
  const statuses = await Promise.all(uploads.map(async ({ answer }) => (await answer).status))
  assert.deepEqual(statuses, Array(threads).fill(202))
  const { code } = await ended
  assert.equal(code, 0, spawned.printed())
  assert.equal(linesOf(spawned.printed()).filter(({ method }) => method === 'PATCH').length, threads)
})

test('for limits.shutdownDelay every thread says that it is about to go, and takes requests', async () => {
  await using server = await startThreaded({ threads, env: { LADING_LIMITS_SHUTDOWN_DELAY: '8s' } })
  const { connections, spawned } = server
  await pushConfig(at(connections, 0))
  assert.equal((await ask(spawned.url, { path: '/readyz' })).status, 200)
  const ended = spawned.end('SIGTERM')
  const unready = new Set<string>()
  await until(async () => {
    const answer = await ask(spawned.url, { path: '/readyz' })
    if (answer.status !== 503) return false
    assert.equal(answer.headers['retry-after'], '5')
    assert.equal(answer.json().ready, false)
    return unready.add(threadOf(answer)).size === threads
  })
  for (const [n, connection] of connections.entries()) {
    const { headers } = await put(connection, n)
    assert.equal(headers.connection, 'close')
    assert.equal((await ask(spawned.url, putOf(n))).status, 201)
  }
  assert.deepEqual((await ask(spawned.url, { path: '/healthz' })).json(), { alive: true })
  const { code, milliseconds } = await ended
  assert.equal(code, 0, spawned.printed())
  assert.ok(milliseconds > 7_900, `it took ${milliseconds} ms`)
})

test('a second signal ends the delay', async () => {
  await using server = await startThreaded({ threads, env: { LADING_LIMITS_SHUTDOWN_DELAY: '1h' } })
  const { spawned } = server
  process.kill(spawned.pid, 'SIGTERM')
  await until(async () => (await ask(spawned.url, { path: '/readyz' })).status === 503)
  // Two that come this soon after each other are one keypress.
  const begun = performance.now()
  await until(async () => performance.now() - begun > 700)
  const { code } = await spawned.end('SIGTERM')
  assert.equal(code, 130, spawned.printed())
})

test('a thread that is lost leaves no time for the delay', async () => {
  const script = pathToFileURL(join(import.meta.dirname, 'throw-in-thread.ts'))
  await using folder = await temporaryFolder()
  const planted = join(folder.path, 'planted')
  script.searchParams.set('file', planted)
  const env = { LADING_LIMITS_SHUTDOWN_DELAY: '1h' }
  await using server = await startThreaded({ threads, env, nodeFlags: ['--import', script.href] })
  await writeFile(planted, '')
  assert.equal(await server.spawned.code, 1, server.spawned.printed())
})

test('a thread that dies takes the process down, which says why and lets the others end their requests', async () => {
  const script = pathToFileURL(join(import.meta.dirname, 'throw-in-thread.ts'))
  await using folder = await temporaryFolder()
  const planted = join(folder.path, 'planted')
  script.searchParams.set('file', planted)
  await using server = await startThreaded({ threads, nodeFlags: ['--import', script.href] })
  const { connections, spawned } = server
  // Which of them dies is not known: two of three requests end well.
  const requests = await Promise.all(
    connections.map(async (connection) => {
      const path = await beginUpload(connection)
      const { body, letGo } = heldBody(large, small)
      const answer = connection.ask({ method: 'PATCH', path, body }).then(
        ({ status }) => status,
        () => 'cut off',
      )
      await until(async () => (await keptOf(spawned.url, path)) > 1)
      return { answer, letGo }
    }),
  )
  await writeFile(planted, '')
  await until(async () => spawned.printed().includes('a thread that serves requests was lost'))
  for (const { letGo } of requests) letGo()
  const ends = await Promise.all(requests.map(({ answer }) => answer))
  assert.deepEqual(ends.map(String).sort(), ['202', '202', 'cut off'])
  assert.equal(await spawned.code, 1, spawned.printed())
  const told = linesOf(spawned.printed()).filter(({ level }) => level === 'error')
  assert.equal(told.length, 1, spawned.printed())
  assert.match(JSON.stringify(told), /a fault that the test has planted/)
})

test('a second process is refused the address, and the first goes on', async () => {
  await using server = await startThreaded({ threads })
  await using folder = await temporaryFolder()
  await assert.rejects(
    spawnThreaded(folder.path, server.spawned.address, { env: { LADING_THREADS: String(threads) } }),
    /is taken by another process/,
  )
  const answers = await Promise.all(server.connections.map(({ ask }) => ask({ path: '/v2/' })))
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array(threads).fill(200),
  )
})
