import { schemaVersion } from '../../ports/store/table.ts'
import { schema } from '../schema.ts'

export interface InspectedData {
  readonly version: number
  /** What this release makes of it. */
  readonly known: number
  readonly faults: readonly string[]
}

/** The records of a data folder, whoever has its lock. Changes nothing. @throws StoreError */
export async function inspectData(folder: string): Promise<InspectedData> {
  const { inspectFolder } = await import('../../adapters/store/sqlite/inspect-folder.ts')
  return { ...inspectFolder(folder), known: schemaVersion(schema) }
}

/** A restore into it was interrupted: what is there is half of a registry. */
export async function isHalfRestored(folder: string): Promise<boolean> {
  const sqlite = await import('../../adapters/store/sqlite/restore-mark.ts')
  return sqlite.isHalfRestored(folder)
}
