import type { Config } from '../../config/config.ts'
import { schemaVersion } from '../../ports/store/table.ts'
import { storeEngine } from '../open-store.ts'
import { schema } from '../schema.ts'
import { inspectRecords } from './migrations.ts'

export interface InspectedData {
  readonly version: number
  /** What this release makes of it. */
  readonly known: number
  readonly faults: readonly string[]
}

/** The records, whoever has them open. Changes nothing. @throws StoreError */
export async function inspectData(config: Config): Promise<InspectedData> {
  const known = schemaVersion(schema)
  if (storeEngine(config) === 'sqlite') {
    const { inspectFolder } = await import('../../adapters/store/sqlite/inspect-folder.ts')
    return { ...inspectFolder(config.data), known }
  }
  const { version, differences = [] } = await inspectRecords(config)
  return { version, known, faults: differences }
}

/** A restore into it was interrupted: what is there is half of a registry. */
export async function isHalfRestored(folder: string): Promise<boolean> {
  const sqlite = await import('../../adapters/store/sqlite/restore-mark.ts')
  return sqlite.isHalfRestored(folder)
}
