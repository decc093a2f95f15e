import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { run } from '../../src/cli/run.ts'
import type { Ask, Answer as HttpAnswer } from '../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'
import { OciClient } from '../protocols/oci/requirements/oci-client.ts'
import { type MadeCertificate, madeCertificate } from './made-certificate.ts'
import { type Answer, standInRegistry } from './stand-in-registry.ts'
import { type GivenWorld, TestWorld } from './test-world.ts'

let folder = ''
let pair: MadeCertificate
let registry: TestRegistry
let host = ''
let files: Record<string, string> = {}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-tag-tls-'))
  pair = madeCertificate(folder, 'here')
  registry = await startTestRegistry({ tls: pair })
  host = new URL(registry.url).host
  files = {
    '/here/ca.pem': await readFile(pair.cert, 'utf8'),
    '/here/other.pem': await readFile(madeCertificate(folder, 'other').cert, 'utf8'),
    '/here/broken.pem': '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n',
    '/here/key.pem': await readFile(pair.key, 'utf8'),
  }
})

after(async () => {
  await registry?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function call(
  line: string,
  given: GivenWorld = { files },
): Promise<{ code: number; out: string; err: string }> {
  const world = new TestWorld(given)
  const code = await run(line.split(' '), world)
  return { code, out: world.printed.join('\n'), err: world.complained.join('\n') }
}

class TrustingClient extends OciClient {
  override ask(method: string, path: string, more: Omit<Ask, 'method' | 'path'> = {}): Promise<HttpAnswer> {
    return super.ask(method, path, { ...more, ca: files['/here/ca.pem']! })
  }
}

/** What it takes to see whether TLS was spoken: the registry knows no such tag, and says so as an HTTP answer. */
const answered = /answers 404: /

test('TLS on this machine is found where plain HTTP is not answered, and can be said', async () => {
  const ref = `${host}/acme/app:v1`
  for (const line of [
    `tag history ${ref} --ca-file ca.pem`,
    `tag history https://${ref} --ca-file /here/ca.pem`,
    `tag history ${ref} --tls --ca-file=ca.pem`,
  ]) {
    const { code, err } = await call(line)
    assert.deepEqual([code, answered.test(err)], [1, true], `${line}: ${err}`)
    assert.ok(err.includes(`https://${host}/v2/acme/app/`), err)
  }
  for (const line of [`tag history ${ref}`, `tag history ${ref} --tls`]) {
    const { code, err } = await call(line, { files, env: { LADING_CA_FILE: 'ca.pem' } })
    assert.deepEqual([code, answered.test(err)], [1, true], `${line}: ${err}`)
  }
})

test('a restore goes on with the protocol that its first request found', async () => {
  const client = new TrustingClient(registry.url)
  const first = await client.pushImage('acme/site', 'v1')
  await client.pushImage('acme/site', 'v1')
  const given = { files, env: { LADING_CA_FILE: 'ca.pem' } }
  const { code, out, err } = await call(`tag restore ${host}/acme/site:v1 --to ${first.digest}`, given)
  assert.deepEqual([code, err], [0, ''])
  assert.ok(out.startsWith(`${host}/acme/site:v1 names ${first.digest} (before: sha256:`), out)
})

test('a certificate that nobody vouches for is told with the flag that helps', async () => {
  const ref = `${host}/acme/app:v1`
  for (const line of [
    `tag history ${ref}`,
    `tag history ${ref} --tls`,
    `tag history ${ref} --ca-file other.pem`,
  ]) {
    const { code, out, err } = await call(line)
    assert.deepEqual([code, out], [1, ''])
    assert.match(err, /certificate.*--ca-file <file> or LADING_CA_FILE/)
    assert.doesNotMatch(err, /Node|system-ca|NODE_/)
  }
})

test('a certificate for another name is told with the names that it has', async () => {
  await using elsewhere = await startTestRegistry({
    tls: madeCertificate(folder, 'elsewhere', 'DNS:registry.example.org'),
  })
  const ca = await readFile(join(folder, 'elsewhere.crt'), 'utf8')
  const { code, err } = await call(
    `tag history ${new URL(elsewhere.url).host}/acme/app:v1 --ca-file elsewhere.pem`,
    { files: { '/here/elsewhere.pem': ca } },
  )
  assert.equal(code, 1)
  assert.match(err, /its certificate is for another host .*DNS:registry\.example\.org/)
})

test('what --ca-file names has to be certificates', async () => {
  const ref = `${host}/acme/app:v1`
  const cases: [file: string, told: RegExp][] = [
    ['gone.pem', /--ca-file: \/here\/gone\.pem cannot be read/],
    ['broken.pem', /--ca-file: \/here\/broken\.pem has a certificate that cannot be read/],
    ['key.pem', /--ca-file: \/here\/key\.pem holds no certificate/],
  ]
  for (const [file, told] of cases) {
    const { code, err } = await call(`tag history ${ref} --ca-file ${file}`)
    assert.equal(code, 1)
    assert.match(err, told)
    const given = { files, env: { LADING_CA_FILE: file } }
    assert.match((await call(`tag history ${ref}`, given)).err, /LADING_CA_FILE: \/here\//)
  }
})

test('two words on TLS that gainsay each other are a usage error', async () => {
  const cases: [line: string, told: RegExp][] = [
    [`tag history https://${host}/a/b:v1 --plain-http`, /either https:\/\/ or --plain-http/],
    [`tag history http://${host}/a/b:v1 --tls`, /either http:\/\/ or --tls/],
    [`tag history ${host}/a/b:v1 --tls --plain-http`, /either --plain-http or --tls/],
    [`tag history http://${host}/a/b:v1 --ca-file ca.pem`, /either http:\/\/ or --ca-file/],
  ]
  for (const [line, told] of cases) {
    const { code, err } = await call(line)
    assert.equal(code, 2, err)
    assert.match(err, told)
  }
})

test('said to be plain, it stays plain, and the message names the flag', async () => {
  for (const line of [`tag history http://${host}/a/b:v1`, `tag history ${host}/a/b:v1 --plain-http`]) {
    const { code, err } = await call(line)
    assert.equal(code, 1)
    assert.match(err, /http:\/\/127\.0\.0\.1.*perhaps it speaks TLS: say --tls/)
  }
})

test('TLS with a registry that has none is told with the flag for that', async () => {
  await using plain = await standInRegistry({})
  const { code, err } = await call(`tag history ${plain.host}/a/b:v1 --tls`)
  assert.equal(code, 1)
  assert.match(err, /https:\/\/127\.0\.0\.1.*does not speak TLS \(wrong version number\); .*--plain-http$/)
  assert.deepEqual(plain.seen, [])
})

test('http:// is accepted before the reference', async () => {
  const empty: Answer = [200, {}, '{"entries":[]}']
  await using plain = await standInRegistry({ 'GET /v2/a/b/_lading/tags/v1/history?n=100': empty })
  assert.deepEqual(await call(`tag history http://${plain.host}/a/b:v1`), { code: 0, out: '', err: '' })
})

test('an answer of 400 that no registry writes makes it try TLS; a registry’s own stays what it is', async () => {
  const line = 'GET /v2/a/b/_lading/tags/v1/history?n=100'
  const own = '{"errors":[{"code":"TAG_INVALID","message":"not so"}]}'
  const cases: [answer: Answer, told: RegExp][] = [
    [[400, {}, own], /^lading tag history: http:\/\/.* answers 400: not so$/],
    // It has no TLS after all: what it said first stands.
    [[400, {}, 'The plain HTTP request was sent to HTTPS port'], /http:\/\/.* answers 400.*say --tls/],
  ]
  for (const [answer, told] of cases) {
    await using plain = await standInRegistry({ [line]: answer })
    const { code, err } = await call(`tag history ${plain.host}/a/b:v1`)
    assert.equal(code, 1)
    assert.match(err, told)
    assert.equal(plain.seen.length, 1)
  }
})

test('what answers neither protocol is told once, as what it was asked first', async () => {
  const mute = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.destroy())
  })
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = mute.address() as { port: number }
    const { code, err } = await call(`tag history 127.0.0.1:${port}/a/b:v1`)
    assert.equal(code, 1)
    assert.match(err, new RegExp(`^lading tag history: http://127\\.0\\.0\\.1:${port}/.* cannot be reached`))
  } finally {
    mute.close()
  }
})

test('a registry that points elsewhere is not followed, and says where', async () => {
  const line = 'GET /v2/a/b/_lading/tags/v1/history?n=100'
  await using plain = await standInRegistry({ [line]: [308, { location: 'https://r.example/v2/' }] })
  const { code, err } = await call(`tag history ${plain.host}/a/b:v1`)
  assert.equal(code, 1)
  assert.match(err, /answers 308 and points to https:\/\/r\.example\/v2\//)
})
