import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { clientConfig, type PostgresqlAddress } from '../../../src/adapters/shared/postgresql-address.ts'
import { defaultWaits } from '../../../src/adapters/store/postgresql/waits.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'

const urlOf = (address: PostgresqlAddress): string | undefined =>
  clientConfig(address, defaultWaits).connectionString

test('who comes may stand in the url or beside it, and the url is believed first', () => {
  const url = 'postgres://db.example:5433/registry'
  assert.equal(urlOf({ url }), url)
  assert.equal(
    urlOf({ url, user: 'la ding', password: 'p@ss/w%rd' }),
    'postgres://la%20ding:p%40ss%2Fw%25rd@db.example:5433/registry',
  )
  const whole = 'postgres://me:secret@db.example/registry'
  assert.equal(urlOf({ url: whole, user: 'you', password: 'other' }), whole)
})

test('what is given for TLS counts, also beside a url that speaks of it, and the driver never sees that', () => {
  const url = 'postgres://db.example/registry?sslmode=require&application_name=mine'
  const plain = 'postgres://db.example/registry?application_name=mine'
  const config = clientConfig({ url, ssl: { ca: 'certificate' } }, defaultWaits)
  assert.equal(config.connectionString, plain)
  assert.deepEqual(config.ssl, { ca: 'certificate' })
  assert.equal(urlOf({ url: plain }), plain)
  assert.equal(clientConfig({ url: plain }, defaultWaits).ssl, undefined)
})

test('the modes of TLS are those of PostgreSQL, but that who asks for TLS gets the right server', () => {
  const at = 'postgres://me:secret@db.example/registry'
  const sslOf = (query: string, given?: PostgresqlAddress['ssl']): unknown => {
    const config = clientConfig(
      { url: `${at}?${query}`, ...(given !== undefined && { ssl: given }) },
      defaultWaits,
    )
    assert.equal(config.connectionString, at)
    return config.ssl
  }
  assert.equal(sslOf('sslmode=disable'), false)
  for (const mode of ['require', 'verify-full']) {
    assert.deepEqual(sslOf(`sslmode=${mode}`), {})
    assert.deepEqual(sslOf(`sslmode=${mode}`, true), {})
  }
  const anyName = sslOf('sslmode=verify-ca', { ca: 'own' }) as {
    ca?: string
    checkServerIdentity?: () => unknown
  }
  assert.equal(anyName.ca, 'own')
  assert.equal(anyName.checkServerIdentity?.(), undefined)
  assert.ok('checkServerIdentity' in anyName && !('rejectUnauthorized' in anyName))
  const file = import.meta.filename
  assert.deepEqual(sslOf(`sslrootcert=${encodeURIComponent(file)}`), { ca: readFileSync(file, 'utf8') })
})

test('what is not known, or may go without TLS in silence, is refused in words that show no password', () => {
  const refusal = (query: string, ssl?: PostgresqlAddress['ssl']): string => {
    const address = {
      url: `postgres://me:secret@db.example/registry?${query}`,
      ...(ssl !== undefined && { ssl }),
    }
    try {
      clientConfig(address, defaultWaits)
    } catch (error) {
      assert.ok(error instanceof StoreError && error.kind === 'permanent', String(error))
      assert.doesNotMatch(error.message, /secret/)
      return error.message
    }
    return assert.fail(`${query} was taken`)
  }
  assert.match(refusal('sslmod=verify-full&frobnicate=1'), /"sslmod", which .*did you mean sslmode\?/)
  assert.match(refusal('frobnicate=1'), /"frobnicate", which Lading does not know: it knows sslmode, /)
  assert.match(
    refusal('sslmode=bogus'),
    /"bogus" that is none of verify-full, verify-ca, require and disable/,
  )
  assert.match(refusal('sslmode=verify_ful'), /did you mean verify-full\?/)
  assert.match(refusal('sslmode='), /none of verify-full/)
  for (const mode of ['allow', 'prefer']) assert.match(refusal(`sslmode=${mode}`), /goes without TLS/)
  assert.match(refusal('sslmode=no-verify'), /anybody could be the database/)
  assert.match(refusal('ssl=true'), /write one of those/)
  assert.match(refusal('sslmode=verify-full&sslmode=disable'), /sslmode more than once/)
  assert.match(refusal('sslmode=verify-ca'), /authority of its own/)
  assert.match(refusal('sslmode=disable', { ca: 'own' }), /take one of them away/)
  assert.match(refusal('sslmode=verify-full', false), /take one of them away/)
  assert.match(refusal('sslrootcert=/not/there.pem'), /sslrootcert, whose file cannot be read \(ENOENT\)/)
  const both = { url: 'postgres://db.example/x?options=-cjit%3Don', schema: 'own' }
  assert.throws(() => clientConfig(both, defaultWaits), /options, and a schema is set beside it/)
  // A password that was not encoded.
  const half = () => clientConfig({ url: 'postgres://me:x?secret&more@db.example/registry' }, defaultWaits)
  assert.throws(half, (error: Error) => error instanceof StoreError && !/secret|more@/.test(error.message))
})

test('a schema is named so that no part of its name is taken for an option', () => {
  const { options } = clientConfig({ host: 'db.example', schema: 'of "us" \\ all' }, defaultWaits)
  assert.equal(options, '-c search_path="of\\ ""us""\\ \\\\\\ all"')
})
