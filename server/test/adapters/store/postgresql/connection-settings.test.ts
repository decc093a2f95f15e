import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  clientConfig,
  type PostgresqlAddress,
} from '../../../../src/adapters/store/postgresql/connection-settings.ts'
import { defaultWaits } from '../../../../src/adapters/store/postgresql/waits.ts'

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

test('what is given for TLS counts, also beside a url that speaks of it', () => {
  const url = 'postgres://db.example/registry?sslmode=require&application_name=mine'
  assert.equal(urlOf({ url }), url)
  const config = clientConfig({ url, ssl: { ca: 'certificate' } }, defaultWaits)
  assert.equal(config.connectionString, 'postgres://db.example/registry?application_name=mine')
  assert.deepEqual(config.ssl, { ca: 'certificate' })
})

test('a schema is named so that no part of its name is taken for an option', () => {
  const { options } = clientConfig({ host: 'db.example', schema: 'of "us" \\ all' }, defaultWaits)
  assert.equal(options, '-c search_path="of\\ ""us""\\ \\\\\\ all"')
})
