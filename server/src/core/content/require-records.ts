import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'
import { uploadKeyName } from './upload-key.ts'

/**
 * Content that no record names is collected. So a registry that has content and has never begun is not a new one: it
 * has lost its records, and must not start.
 * @throws Error with words for the operator
 */
export async function requireRecords({ store, blobs }: Pick<Core, 'store' | 'blobs'>): Promise<void> {
  if ((await store.get(secrets, [uploadKeyName])) !== undefined) return
  for await (const { file } of blobs.list()) {
    throw new Error(
      `there is content (the file ${file} and perhaps more), and there are no records of it: the database is missing, empty or another one's. Nothing was changed. Bring the database back that belongs to it, or restore a backup into an empty folder with \`lading restore\`; to begin anew, move the content away`,
    )
  }
}
