import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client } from 'pg'
import { makeImage } from '../../../../conformance/kit/image.ts'
import { pushImage } from '../../kit/push-image.ts'
import { postgresqlSkip, startPostgresqlServer } from '../../kit/servers/postgresql-server.ts'
import { lading, serve, stateOf, succeed } from './copy-load.ts'

test('while a transaction is open a copy has all of the logs, or says why not where that one may write them', {
  skip: postgresqlSkip,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), 'lading-copy-'))
  try {
    await using database = await startPostgresqlServer()
    await mkdir(join(root, 'tmp'))
    const config = join(root, 'there.yaml')
    const url = await database.database()
    await writeFile(config, JSON.stringify({ data: './there', store: { url } }))
    const copied = async (name: string): Promise<string> => {
      const to = join(root, name)
      await succeed(root, 'copy', '--from', config, '--to', to)
      return to
    }
    const other = new Client({ connectionString: await database.database() })
    other.on('error', () => {})
    await other.connect()
    const pushed = async (...tags: readonly string[]): Promise<void> => {
      using server = await serve(root, '--config', config)
      for (const tag of tags) await pushImage(server.url, 'acme/app', tag, makeImage([100]))
      await server.end('SIGTERM')
    }
    await other.query('CREATE TABLE t (a int)')
    await other.query('BEGIN')
    await other.query('INSERT INTO t VALUES (1)')
    await pushed('before', 'after')
    assert.ok(JSON.stringify(await stateOf(await copied('meanwhile'))).includes('after'))
    // One that may write into the logs, and has not come to its end: what it wrote would stand before what is there.
    const writer = new Client({ connectionString: url })
    writer.on('error', () => {})
    await writer.connect()
    await writer.query('BEGIN')
    await writer.query('LOCK TABLE audit, events IN ROW EXCLUSIVE MODE')
    await writer.query('SELECT pg_current_xact_id()')
    await pushed('later')
    const to = join(root, 'copy')
    const open = await lading(root, 'copy', '--from', config, '--to', to).ended
    assert.notEqual(open.code, 0, open.printed)
    assert.match(
      open.printed,
      /where the log \w+ ends is not known \(.*a batch has been under way.*the same command goes on/,
    )
    for (const client of [other, writer]) {
      await client.query('ROLLBACK')
      await client.end()
    }
    await succeed(root, 'copy', '--from', config, '--to', to)
    const state = await stateOf(to)
    assert.deepEqual(await stateOf(await copied('again')), state)
    assert.ok(JSON.stringify(state).includes('later'))
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
