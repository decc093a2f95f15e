import { join } from 'node:path'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { schemaAt } from '../shared/standing.ts'
import { storeErrorOf } from './connection.ts'
import { strangers, tableDifferences } from './found-tables.ts'
import { openAsItStands, versionIn } from './inspect-folder.ts'

export interface InspectedSchema {
  /** That the records are at; 0 where no table was made yet. */
  readonly version: number
  /**
   * What is not as a release of that version has left it, one phrase each. undefined where the records are newer than the
   * schema, which cannot tell then.
   */
  readonly differences: readonly string[] | undefined
}

/** Looks at a folder's tables without its lock, also while a server has it, and changes nothing. @throws StoreError */
export function inspectSchema(folder: string, schema: Schema): InspectedSchema {
  try {
    using db = openAsItStands(join(folder, 'lading.db'))
    const version = versionIn(db)
    if (version > schemaVersion(schema)) return { version, differences: undefined }
    const others = strangers(db, schema).map((what) => `${what} is not of Lading's making`)
    return { version, differences: [...tableDifferences(db, schemaAt(schema, version)), ...others] }
  } catch (error) {
    throw storeErrorOf(error)
  }
}
