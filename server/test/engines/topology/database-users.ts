import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Topology } from '../../kit/servers/topology.ts'

/** Beside who owns the database: `keyed`, who has to know a password, and `guest`, who has no right to anything. */
export async function addDatabaseUsers({ database }: Topology): Promise<void> {
  await database.query(`CREATE ROLE keyed LOGIN PASSWORD 'another'`)
  await database.query('CREATE ROLE guest LOGIN')
  const allowed = ['host all keyed 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust']
  await writeFile(join(database.folder, 'pg_hba.conf'), `${allowed.join('\n')}\n`)
  await database.query('SELECT pg_reload_conf()')
}
