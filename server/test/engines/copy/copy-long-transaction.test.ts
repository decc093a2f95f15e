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

test('while a transaction is open elsewhere on the server, a copy has all of the logs or says why not', {
  skip: postgresqlSkip,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), 'lading-copy-'))
  try {
    await using database = await startPostgresqlServer()
    await mkdir(join(root, 'tmp'))
    const config = join(root, 'there.yaml')
    await writeFile(config, JSON.stringify({ data: './there', store: { url: await database.database() } }))
    const other = new Client({ connectionString: await database.database() })
    other.on('error', () => {})
    await other.connect()
    {
      using server = await serve(root, '--config', config)
      await pushImage(server.url, 'acme/app', 'before', makeImage([100]))
      await other.query('CREATE TABLE t (a int)')
      await other.query('BEGIN')
      await other.query('INSERT INTO t VALUES (1)')
      for (let n = 0; n < 3; n++) await pushImage(server.url, 'acme/app', `after-${n}`, makeImage([100]))
      await server.end('SIGTERM')
    }
    const to = join(root, 'copy')
    const open = await lading(root, 'copy', '--from', config, '--to', to).ended
    assert.notEqual(open.code, 0, open.printed)
    assert.match(
      open.printed,
      /where the log \w+ ends is not known \(.*a transaction.*the same command goes on/,
    )
    await other.query('ROLLBACK')
    await other.end()
    await succeed(root, 'copy', '--from', config, '--to', to)
    const again = join(root, 'again')
    await succeed(root, 'copy', '--from', config, '--to', again)
    const state = await stateOf(to)
    assert.deepEqual(state, await stateOf(again))
    assert.ok(JSON.stringify(state).includes('after-2'))
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
