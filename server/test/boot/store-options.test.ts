import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresqlOptions } from '../../src/boot/open-store.ts'
import { loadConfig } from '../../src/config/load-config.ts'

function waitsOf(statementTimeout: string): Partial<Record<string, number>> {
  const env = {
    LADING_STORE_URL: 'postgresql://lading@127.0.0.1/lading',
    LADING_STORE_CONNECT_TIMEOUT: '3s',
    LADING_STORE_QUEUE_TIMEOUT: '4s',
    LADING_STORE_STATEMENT_TIMEOUT: statementTimeout,
  }
  const loaded = loadConfig({ flags: {}, env, cwd: '/', readFile: () => '' })
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes))
  return { ...postgresqlOptions(loaded.config).waits }
}

test('an answer of PostgreSQL is waited for as long as is set, and the server gives up before', () => {
  assert.deepEqual(waitsOf('90s'), {
    connectMs: 3_000,
    queueMs: 4_000,
    answerMs: 90_000,
    statementMs: 60_000,
    claimMs: 15_000,
  })
  assert.deepEqual(waitsOf('3s'), {
    connectMs: 3_000,
    queueMs: 4_000,
    answerMs: 3_000,
    statementMs: 2_000,
    claimMs: 3_000,
  })
})
