import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { systemClock } from '../../../src/adapters/clock/system/system-clock.ts'
import { openPinoTelemetry } from '../../../src/adapters/telemetry/pino/open-pino-telemetry.ts'
import { openStore } from '../../../src/boot/open-store.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'

let server: PostgresqlServer
before(async () => {
  if (postgresqlSkip === false) server = await startPostgresqlServer()
})
after(() => server?.[Symbol.asyncDispose]())

test('a schema that is named and is not there is made, and the log says so, once', {
  skip: postgresqlSkip,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-schema-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const url = await server.database()
  const madeIn = async (schema: string): Promise<unknown[]> => {
    const loaded = loadConfig({
      flags: { 'store-url': url, 'store-schema': schema, data: folder },
      env: {},
      cwd: folder,
      readFile: () => '',
    })
    assert.ok('config' in loaded, JSON.stringify(loaded))
    const lines: string[] = []
    const telemetry = openPinoTelemetry({
      level: 'info',
      pretty: false,
      to: { write: (line) => void lines.push(line) },
    })
    const { store, look } = await openStore(loaded.config, systemClock)
    look?.(telemetry)
    await store.close()
    return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('made the schema'))
  }
  const [told, ...more] = (await madeIn('ladign')) as Record<string, unknown>[]
  assert.deepEqual(
    [told?.['msg'], told?.['schema'], more],
    ['made the schema, which was not there', 'ladign', []],
  )
  assert.deepEqual(await madeIn('ladign'), [])
  assert.deepEqual(await madeIn('public'), [])
})
