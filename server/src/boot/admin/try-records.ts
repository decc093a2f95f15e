import type { Config } from '../../config/config.ts'
import { mongodbOptions, postgresqlOptions, storeEngine } from '../open-store.ts'
import { schema } from '../schema.ts'

/** What a start asks of a database server and of its user there. Changes nothing. @throws StoreError as a start would */
export async function tryRecords(config: Config): Promise<void> {
  switch (storeEngine(config)) {
    case 'sqlite':
      return
    case 'postgresql': {
      const { tryPostgresql } = await import('../../adapters/store/postgresql/try-server.ts')
      return await tryPostgresql(postgresqlOptions(config), schema)
    }
    case 'mongodb': {
      const { tryMongodb } = await import('../../adapters/store/mongodb/read-only.ts')
      return await tryMongodb(mongodbOptions(config))
    }
  }
}

/** What keeps reads from the replica of this number; undefined: nothing. @throws StoreError */
export async function tryReplicaOf(config: Config, url: string): Promise<string | undefined> {
  const { tryReplica } = await import('../../adapters/store/postgresql/try-server.ts')
  const primary = postgresqlOptions(config)
  return await tryReplica({ ...primary, url }, primary)
}
