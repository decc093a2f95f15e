import { closeSync, openSync } from 'node:fs'

/** SQLite gives the files that it puts beside a database the rights of the database. */
export const fileMode = 0o600

/** Makes an empty database before SQLite makes one that everybody may read. What stands in the way, SQLite tells. */
export function makeOwnFile(file: string): void {
  try {
    // Never opens one that is there: closing it would let go of the locks that this process has on it.
    closeSync(openSync(file, 'wx', fileMode))
  } catch {
    // It is there; or it cannot be made, and then not opened either.
  }
}
