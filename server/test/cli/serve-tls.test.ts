import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Failure } from '../../src/cli/failure.ts'
import { serveWith } from '../../src/cli/serve.ts'
import { startTestRegistry } from '../kit/test-registry.ts'
import { type MadeCertificate, madeCertificate } from './made-certificate.ts'
import { invocationIn, TestWorld } from './test-world.ts'

let folder = ''
let pair: MadeCertificate
let other: MadeCertificate

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-serve-tls-'))
  pair = madeCertificate(folder, 'one')
  other = madeCertificate(folder, 'two')
})

after(() => rm(folder, { recursive: true, force: true }))

/** What `lading serve` has to say of a pair of files. */
async function toldOf(tls: MadeCertificate): Promise<string> {
  const world = new TestWorld()
  // The settings' own checks have passed: this is what only starting finds.
  const start = serveWith(async () => {
    await using registry = await startTestRegistry({ tls })
    throw new Error(`it listens on ${registry.url}`)
  })
  const thrown = await start.run(invocationIn(world)).then(
    () => assert.fail('it starts'),
    (error: unknown) => error,
  )
  assert.ok(thrown instanceof Failure)
  assert.equal(thrown.exitCode, 1)
  assert.deepEqual(world.printed, [])
  return thrown.message
}

async function garbage(name: string, label: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, `-----BEGIN ${label}-----\nZ2FyYmFnZQ==\n-----END ${label}-----\n`)
  return path
}

test('a pair of files that cannot be spoken TLS with is told by its settings, its files, and what to look for', async () => {
  const locked = join(folder, 'locked.key')
  execFileSync('openssl', ['pkey', '-in', pair.key, '-aes256', '-passout', 'pass:x', '-out', locked])
  const cases: [pair: MadeCertificate, told: RegExp][] = [
    [{ cert: pair.cert, key: other.key }, /the key is not that of the certificate/],
    [{ cert: pair.key, key: pair.cert }, /the files are swapped/],
    [
      { cert: pair.key, key: pair.key },
      /no certificate to be read in tls\.cert \(PEM routines: no start line\)/,
    ],
    [{ cert: pair.cert, key: pair.cert }, /no private key to be read in tls\.key \(/],
    [
      { cert: await garbage('g.crt', 'CERTIFICATE'), key: pair.key },
      /no certificate to be read in tls\.cert \(/,
    ],
    [
      { cert: pair.cert, key: await garbage('g.key', 'PRIVATE KEY') },
      /no private key to be read in tls\.key \(/,
    ],
    [{ cert: pair.cert, key: locked }, /locked with a passphrase/],
  ]
  for (const [{ cert, key }, told] of cases) {
    const message = await toldOf({ cert, key })
    assert.match(message, told)
    assert.ok(
      message.startsWith(`TLS cannot be spoken with tls.cert (${cert}) and tls.key (${key}): `),
      message,
    )
    assert.doesNotMatch(message, /error:|--data/)
  }
})

test('a certificate that OpenSSL holds to be too weak is told as such', async () => {
  const [cert, key] = [join(folder, 'weak.crt'), join(folder, 'weak.key')]
  const made = ['req', '-x509', '-newkey', 'rsa:512', '-nodes', '-days', '2', '-subj', '/CN=weak']
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  assert.match(await toldOf({ cert, key }), /: SSL routines: ee key too small$/)
})

test('a file that is not there any more is told by its setting, not as a data folder', async () => {
  const gone = join(folder, 'gone.key')
  const message = await toldOf({ cert: pair.cert, key: gone })
  assert.ok(message.startsWith(`tls.key (${gone}) cannot be read: ENOENT`), message)
  assert.doesNotMatch(message, /--data/)
})
