import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../../../ports/store/errors.ts'
import { syncPath } from './migrate.ts'
import { fileMode } from './own-file.ts'

/** Where a database that is put back stands until it is whole. */
export function stagingOf(folder: string): string {
  return join(folder, 'restoring')
}

/** There from the beginning of a restore to its end. A folder of that name alone may be anybody's, and says nothing. */
export const markName = 'half-restored'
const marked = 'Until this file is gone, this is half of a registry.\n'

export function isHalfRestored(folder: string): boolean {
  const mark = join(stagingOf(folder), markName)
  if (lstatSync(mark, { throwIfNoEntry: false })?.isFile() !== true) return false
  return readFileSync(mark, 'utf8') === marked
}

/** On return the mark survives a power cut. */
export function markHalfRestored(folder: string): void {
  if (isHalfRestored(folder)) return
  const staging = stagingOf(folder)
  mkdirSync(staging, { recursive: true })
  writeFileSync(join(staging, markName), marked, { mode: fileMode, flush: true })
  syncPath(staging)
  syncPath(folder)
}

/** Throws `permanent`. */
export function refuseHalfRestored(folder: string): void {
  if (!isHalfRestored(folder)) return
  throw new StoreError(
    'permanent',
    `a restore into the data folder ${folder} was interrupted, and what is there is half of a registry: run \`lading restore\` again`,
  )
}
