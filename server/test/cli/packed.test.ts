import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type PackedLading, packedLading, withoutPinnedNode } from '../kit/packed.ts'

let packed: PackedLading

before(async () => {
  packed = await packedLading()
})

after(() => packed?.[Symbol.asyncDispose]())

test('the tarball holds what runs, and no source, test or suite', () => {
  const tops = new Set(packed.entries.map((path) => path.split('/')[0]))
  assert.deepEqual([...tops].sort(), ['LICENSE', 'README.md', 'bin', 'dist', 'package.json'])
  const made = packed.entries.filter((path) => path.startsWith('dist/'))
  const isDeclaration = (path: string): boolean => /^dist\/types\/.+\.d\.ts$/.test(path)
  const isPart = (path: string): boolean => /^dist\/run\/part-[A-Z0-9]+\.js$/.test(path)
  assert.ok(made.some(isDeclaration) && made.some(isPart))
  assert.deepEqual(
    made.filter((path) => !isDeclaration(path) && !isPart(path)),
    [
      'dist/run/LICENSES',
      'dist/run/any-ascii.js',
      'dist/run/common-passwords.js',
      'dist/run/driver-elasticsearch.cjs',
      'dist/run/driver-memjs.cjs',
      'dist/run/driver-mongodb.cjs',
      'dist/run/driver-nodemailer.cjs',
      'dist/run/driver-opensearch.cjs',
      'dist/run/driver-pg.cjs',
      'dist/run/driver-redis.cjs',
      'dist/run/driver-s3.cjs',
      'dist/run/driver-webauthn.cjs',
      'dist/run/engine.js',
      'dist/run/hash-on-thread.js',
      'dist/run/index.js',
      'dist/run/jose.js',
      'dist/run/main.js',
      'dist/run/openid-client.js',
      'dist/run/otpauth.js',
      'dist/run/reader-thread.js',
      'dist/run/search-builder-thread.js',
      'dist/run/search-reader-thread.js',
      'dist/run/search-writer-thread.js',
      'dist/run/serving-thread.js',
      'dist/run/snapshot-thread.js',
      'dist/run/testing.js',
      'dist/run/typebox.js',
      'dist/run/uqr.js',
      'dist/run/writer-thread.js',
    ],
  )
})

test('what the programs share, and read when it is wanted, has the names that they ask it for', () => {
  const asks = [
    "const { dictionary } = await import('./common-passwords.js')",
    "const { SignJWT, jwtVerify } = await import('./jose.js')",
    "const { discovery, authorizationCodeGrant } = await import('./openid-client.js')",
    "const { TOTP } = await import('./otpauth.js')",
    "const { encode } = await import('./uqr.js')",
    "const driver = createRequire(process.cwd() + '/x.js')",
    "const { verifyRegistrationResponse } = driver('./driver-webauthn.cjs')['@simplewebauthn/server']",
    "const { createTransport } = driver('./driver-nodemailer.cjs').nodemailer",
    'const made = [SignJWT, jwtVerify, discovery, authorizationCodeGrant, createTransport, TOTP, encode, verifyRegistrationResponse]',
    "console.log(made.map((one) => typeof one).join(' '), dictionary['passwords-common'].length > 10_000)",
  ]
  const ran = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', ["import { createRequire } from 'node:module'", ...asks].join('\n')],
    { cwd: join(packed.folder, 'node_modules/lading/dist/run'), encoding: 'utf8' },
  )
  assert.equal(ran.stdout.trim(), `${'function '.repeat(8)}true`, ran.stderr)
})

test('an installed lading goes on from any Node under the pinned one', () => {
  const env = withoutPinnedNode()
  const machine = spawnSync('node', ['--version'], { env, encoding: 'utf8' }).stdout.trim()
  const npx = spawnSync('npx', ['--no-install', 'lading', 'version', '--json'], {
    cwd: packed.folder,
    env,
    encoding: 'utf8',
  })
  assert.equal(npx.stderr.replaceAll(/^npm warn .*\n/gm, ''), '')
  assert.equal(npx.status, 0)
  const facts = JSON.parse(npx.stdout)
  assert.equal(facts.lading, '0.4.0')
  assert.equal(facts.platform, `${process.platform}-${process.arch}`)
  assert.match(facts.node, /^26\./, `the machine has ${machine}`)
})
