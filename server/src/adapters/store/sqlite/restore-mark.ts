import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../../../ports/store/errors.ts'

/** A folder that is there from the beginning of a restore to its end; the database stands in it until it is whole. */
export function halfRestored(folder: string): string {
  return join(folder, 'restoring')
}

/** Throws `permanent`. */
export function refuseHalfRestored(folder: string): void {
  if (!existsSync(halfRestored(folder))) return
  throw new StoreError(
    'permanent',
    `a restore into the data folder ${folder} was interrupted, and what is there is half of a registry: run \`lading restore\` again`,
  )
}
