import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AdminSocket, adminSocketOf, openAdminSocket } from '../../src/boot/admin/admin-socket.ts'
import type { Operator } from '../../src/boot/operator.ts'
import { connectAdmin } from '../../src/cli/admin-client.ts'
import type { Step } from '../../src/core/ledger/progress.ts'
import { RegistryError } from '../../src/domain/error.ts'
import type { RepositoryName } from '../../src/domain/repository-name.ts'
import { endlessWork, fakeOperator, fakeStatus } from '../kit/fake-operator.ts'

const silent = (): void => undefined
const forever = new AbortController().signal

interface Heard extends AsyncDisposable {
  readonly data: string
  readonly socket: AdminSocket
  readonly reports: unknown[]
  readonly lines: string[]
  client(): Promise<Operator>
}

async function hear(
  operator: Operator,
  now: () => number = () => 0,
  folder = '',
  graceMs = 60_000,
): Promise<Heard> {
  const root = await mkdtemp(join(tmpdir(), 'lading-admin-'))
  const data = join(root, folder)
  await mkdir(data, { recursive: true })
  const reports: unknown[] = []
  const lines: string[] = []
  const log = {
    error: (_message: string, error: unknown): void => void reports.push(error),
    info: (message: string, fields: object = {}): void =>
      void lines.push(`${message} ${JSON.stringify(fields)}`),
  }
  const socket = await openAdminSocket({ data, operator: async () => operator, log, now, graceMs })
  return {
    data,
    socket,
    reports,
    lines,
    async client() {
      const client = await connectAdmin(data)
      assert.ok(client, 'nobody listens')
      return client
    },
    async [Symbol.asyncDispose]() {
      await socket.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

function ask(
  data: string,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const sent = request({ socketPath: adminSocketOf(data), method, path, agent: false }, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
    )
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}

test('work is asked for with its options, tells how far it is, and answers its report', async () => {
  const report = { blobs: 3, sound: true }
  const steps: Step[] = [
    { phase: 'one', done: 1, of: 2, unit: 'files' },
    { phase: 'one', done: 2, of: 2, unit: 'files' },
    { phase: 'two', done: 1, unit: 'bytes' },
  ]
  const { operator, asked } = fakeOperator({
    scrub: async (_options, progress) => {
      for (const step of steps) progress(step)
      return report
    },
  })
  await using heard = await hear(operator)
  const told: Step[] = []
  const client = await heard.client()
  assert.deepEqual(await client.scrub({ readContent: true }, (step) => told.push(step), forever), report)
  assert.deepEqual(asked, [{ name: 'scrub', options: { readContent: true } }])
  // The second came in the same moment as the first of its phase.
  assert.deepEqual(told, [steps[0], steps[2]])
})

test('status and jobs are told, jobs revived', async () => {
  const dead = {
    id: 'a',
    kind: 'sweep',
    payload: {},
    state: 'dead',
    attempts: 9,
    runAt: 0,
    lastError: 'why',
  } as const
  await using heard = await hear(fakeOperator({}, [dead]).operator)
  const client = await heard.client()
  assert.deepEqual(await client.status(), fakeStatus)
  assert.deepEqual(await client.jobs.dead(), [dead])
  assert.equal(await client.jobs.revive(['a', 'b']), 1)
})

test('a setup link is told to who asked, and not logged', async () => {
  const { operator, asked } = fakeOperator()
  await using heard = await hear(operator)
  const link = await (await heard.client()).setUpLink()
  assert.deepEqual(link, { url: 'http://localhost:7070/setup?token=x', expiresAt: 0 })
  assert.deepEqual(asked, [{ name: 'setUpLink', options: undefined }])
  assert.equal(heard.lines.length, 1)
  assert.doesNotMatch(heard.lines.join(), /token=/)
})

test('a link for a new password is told to who asked; whose it is stands in the log, and the link does not', async () => {
  const { operator, asked } = fakeOperator()
  await using heard = await hear(operator)
  const link = await (await heard.client()).resetLink('ada', { secondFactor: true })
  assert.deepEqual(link, { url: 'http://localhost:7070/password?token=x', expiresAt: 0 })
  assert.deepEqual(asked, [{ name: 'resetLink', options: { user: 'ada', secondFactor: true } }])
  assert.equal(heard.lines.length, 1)
  assert.match(heard.lines.join(), /ada/)
  assert.doesNotMatch(heard.lines.join(), /token=/)
})

test('options come out as they went in', async () => {
  const { operator, asked } = fakeOperator()
  await using heard = await hear(operator)
  const client = await heard.client()
  const digest = `sha256:${'a'.repeat(64)}`
  const all: { [name: string]: object } = {
    gc: { dryRun: true },
    backup: { folder: '/b', verify: false },
    export: { repository: 'acme/app', references: ['v1', digest], to: '/out.tar' },
    import: { from: '/in', repository: 'acme/app', tag: 'v1' },
  }
  for (const [name, options] of Object.entries(all)) {
    const operation = client[name as 'gc'] as unknown as (...asked: unknown[]) => Promise<unknown>
    assert.deepEqual(await operation(options, silent, forever), { did: name })
    assert.deepEqual(asked.pop(), { name, options })
  }
})

test('what is not asked as it should be is refused before any work begins', async () => {
  const { operator, asked } = fakeOperator()
  await using heard = await hear(operator)
  const cases: [method: string, path: string, body: string | undefined, status: number, told: RegExp][] = [
    ['POST', '/gc', '{', 400, /JSON object/],
    ['POST', '/gc', '[]', 400, /JSON object/],
    ['POST', '/gc', '{}', 400, /dryRun/],
    ['POST', '/backup', '{"folder":"relative","verify":false}', 400, /absolute path/],
    ['POST', '/backup', '{"folder":"/a\\u0000b","verify":false}', 400, /folder: no path has a NUL/],
    ['POST', '/export', '{"repository":"NO","references":[],"to":"/x"}', 400, /repository name/],
    ['POST', '/export', '{"repository":"a/b","references":["-"],"to":"/x"}', 400, /tag/],
    ['POST', '/jobs', '{"revive":"x"}', 400, /list of texts/],
    ['GET', '/gc', undefined, 405, /POST/],
    ['POST', '/status', '{}', 405, /GET/],
    ['GET', '/setup-link', undefined, 405, /POST/],
    ['GET', '/reset-link', undefined, 405, /POST/],
    ['POST', '/reset-link', '{}', 400, /user/],
    ['POST', '/reset-link', '{"user":"ada"}', 400, /secondFactor/],
    ['POST', '/nothing', '{}', 404, /nothing at this path/],
    ['POST', '/gc/more', '{}', 404, /nothing at this path/],
    ['POST', '/gc', `{"dryRun":${' '.repeat(300_000)}true}`, 413, /limit/],
  ]
  for (const [method, path, body, status, told] of cases) {
    const answer = await ask(heard.data, method, path, body)
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
    assert.match(answer.text, told)
  }
  assert.deepEqual(asked, [])
  assert.deepEqual(heard.reports, [])
})

test('two of a sort do not run at once; another sort does', async () => {
  const { work, begun, ended } = endlessWork()
  const { operator } = fakeOperator({ gc: work })
  await using heard = await hear(operator, () => Date.UTC(2026, 0, 2, 3, 4, 5))
  const client = await heard.client()
  const leaving = new AbortController()
  const first = client.gc({ dryRun: false }, silent, leaving.signal)
  first.catch(silent)
  await begun
  await assert.rejects(client.gc({ dryRun: true }, silent, forever), {
    message: 'a gc is running already, since 2026-01-02T03:04:05.000Z; wait for it to end',
  })
  assert.equal((await ask(heard.data, 'POST', '/gc', '{"dryRun":true}')).status, 409)
  assert.deepEqual(await client.scrub({ readContent: false }, silent, forever), { did: 'scrub' })
  leaving.abort(new Error('enough'))
  await assert.rejects(first, /enough/)
  await ended
})

test('whoever hangs up ends the work, and it can be begun again', async () => {
  const first = endlessWork()
  const second = endlessWork()
  const works = [first, second]
  const { operator } = fakeOperator({ gc: (...asked) => works.shift()?.work(...asked) ?? Promise.resolve() })
  await using heard = await hear(operator)
  const client = await heard.client()
  for (const { begun, ended } of [first, second]) {
    const leaving = new AbortController()
    const running = client.gc({ dryRun: false }, silent, leaving.signal)
    running.catch(silent)
    await begun
    leaving.abort(new Error('gone'))
    await ended
    await assert.rejects(running, /gone/)
  }
  assert.deepEqual(heard.reports, [])
})

test('a failure is told with its causes, what nobody foresaw is reported, and all stands in the log', async () => {
  const boom = new Error('the disk went away', { cause: new Error('EIO') })
  const { operator } = fakeOperator({
    gc: () => Promise.reject(boom),
    scrub: () => Promise.reject(new RegistryError('unsupported', { what: 'this' })),
  })
  await using heard = await hear(operator)
  const client = await heard.client()
  await assert.rejects(client.gc({ dryRun: false }, silent, forever), {
    message: 'the disk went away: EIO',
  })
  await assert.rejects(client.scrub({ readContent: false }, silent, forever), {
    message: 'this is not supported',
  })
  assert.deepEqual(heard.reports, [boom])
  assert.deepEqual(await client.backup({ folder: '/b', verify: false }, silent, forever), { did: 'backup' })
  const begins = 'an operator command begins'
  const ended = 'an operator command has ended'
  assert.deepEqual(heard.lines, [
    `${begins} {"command":"gc","body":"{\\"dryRun\\":false}"}`,
    `${begins} {"command":"scrub","body":"{\\"readContent\\":false}"}`,
    `${ended} {"command":"scrub","outcome":"this is not supported","ms":0}`,
    `${begins} {"command":"backup","body":"{\\"folder\\":\\"/b\\",\\"verify\\":false}"}`,
    `${ended} {"command":"backup","outcome":"done","ms":0}`,
  ])
})

test('closing cuts work short, says so, and takes the socket away', async () => {
  const { work, begun, ended } = endlessWork()
  await using heard = await hear(fakeOperator({ gc: work }).operator)
  const client = await heard.client()
  const running = client.gc({ dryRun: false }, silent, forever)
  running.catch(silent)
  await begun
  await heard.socket.close()
  await ended
  await assert.rejects(running, /the server is stopping/)
  assert.equal(existsSync(adminSocketOf(heard.data)), false)
  assert.equal(await connectAdmin(heard.data), undefined)
  await assert.rejects(client.status(), /has just stopped/)
})

test('work that cannot be cut short holds nobody up, and is told', async () => {
  const begun = Promise.withResolvers<void>()
  const { operator } = fakeOperator({
    import: () => {
      begun.resolve()
      return new Promise(() => {})
    },
  })
  await using heard = await hear(operator, undefined, undefined, 1)
  const running = (await heard.client()).import(
    { from: '/in.tar', repository: 'acme/app' as RepositoryName },
    silent,
    forever,
  )
  const told = assert.rejects(running)
  await begun.promise
  await heard.socket.close()
  await told
  assert.deepEqual(heard.reports.map(String), ['Error: it could not be cut short in time'])
})

test('work that answers what it had done until then is not taken for done', async () => {
  const begun = Promise.withResolvers<void>()
  const { operator } = fakeOperator({
    gc: async (_options, _progress, signal) => {
      begun.resolve()
      await once(signal, 'abort')
      return { complete: false }
    },
  })
  await using heard = await hear(operator)
  const running = (await heard.client()).gc({ dryRun: false }, silent, forever)
  running.catch(silent)
  await begun.promise
  await heard.socket.close()
  await assert.rejects(running, /the server is stopping/)
})

test('only the owner may connect', async (t) => {
  await using heard = await hear(fakeOperator().operator)
  const path = adminSocketOf(heard.data)
  const found = await stat(path)
  assert.ok(found.isSocket())
  assert.equal(found.mode & 0o777, 0o600)
  assert.equal(process.umask() & 0o077, 0o022, 'the usual mask is back')
  const other = otherUser()
  if (other === undefined) return t.diagnostic('there is no other user to try with: this one is not root')
  // Its folder lets everybody in: the socket's own rights are what keeps them out.
  await chmod(heard.data, 0o755)
  const attempt = `require('node:net').connect(${JSON.stringify(path)}).on('connect',()=>console.log('in')).on('error',e=>console.log(e.code))`
  const tried = spawnSync(other.program, [...other.args, process.execPath, '-e', attempt], {
    encoding: 'utf8',
  })
  if (tried.error !== undefined || tried.stdout === '') return t.diagnostic('this run-time is not for others')
  assert.equal(tried.stdout, 'EACCES\n')
})

function otherUser(): { program: string; args: string[] } | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (spawnSync('setpriv', ['--version']).error !== undefined) return undefined
  return { program: 'setpriv', args: ['--reuid=65534', '--regid=65534', '--clear-groups'] }
}

test('in a folder of a name too long for a socket it stands in that folder all the same', async () => {
  const before = leftInTemporary()
  const { operator } = fakeOperator()
  await using heard = await hear(operator, () => 0, join('long'.repeat(30), 'longer'.repeat(20)))
  assert.ok(adminSocketOf(heard.data).length > 200)
  assert.ok((await stat(adminSocketOf(heard.data))).isSocket())
  const client = await heard.client()
  assert.deepEqual(await client.gc({ dryRun: true }, silent, forever), { did: 'gc' })
  await heard.socket.close()
  assert.deepEqual(await readdir(heard.data), [])
  assert.deepEqual(leftInTemporary(), before, 'a link is left')
})

function leftInTemporary(): string[] {
  return globSync('lading-??????/d', { cwd: tmpdir() })
}

test('a socket that a dead server left is nobody, and gives way', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-admin-'))
  try {
    const path = adminSocketOf(folder)
    execFileSync(
      process.execPath,
      [
        '-e',
        `require('node:net').createServer().listen(${JSON.stringify(path)},()=>process.kill(process.pid,'SIGKILL'))`,
      ],
      { stdio: 'ignore' },
    )
  } catch {
    // It was killed, as it should be.
  }
  try {
    assert.ok((await stat(adminSocketOf(folder))).isSocket())
    assert.equal(await connectAdmin(folder), undefined)
    const { operator } = fakeOperator()
    const socket = await openAdminSocket({
      graceMs: 60_000,
      data: folder,
      operator: async () => operator,
      log: { info: silent, error: silent },
      now: () => 0,
    })
    assert.deepEqual(await (await connectAdmin(folder))?.status(), fakeStatus)
    await socket.close()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('what is no socket at its place is nobody too, and a program that says nonsense is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-admin-'))
  const nonsense = createServer((socket) => void socket.on('error', silent).end('SSH-2.0\r\n'))
  try {
    assert.equal(await connectAdmin(join(folder, 'none')), undefined)
    await writeFile(adminSocketOf(folder), '')
    assert.equal(await connectAdmin(folder), undefined)
    await rm(adminSocketOf(folder))
    await new Promise<void>((resolve) => nonsense.listen(adminSocketOf(folder), resolve))
    const client = await connectAdmin(folder)
    await assert.rejects(client?.status() ?? Promise.resolve(), /the server broke off/)
  } finally {
    nonsense.close()
    await rm(folder, { recursive: true, force: true })
  }
})
