import type { FileName } from '../../ports/blobs/blobs.ts'
import { remove } from '../../ports/store/change.ts'
import type { Cursor } from '../../ports/store/store.ts'
import { files } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/**
 * The bytes of files that have been in the trash for their time, then their rows. Nothing else ever deletes bytes.
 * A file that cannot be removed keeps no other from going. Answers how many files went.
 * @throws the first error, when all others have had their turn
 */
export async function emptyTrash(core: Core, signal: AbortSignal): Promise<number> {
  const failures: unknown[] = []
  let removed = 0
  let after: Cursor | undefined
  do {
    const query = { index: 'due', eq: ['trash'], limit: core.limits.pageSize }
    const page = await core.store.find(files, { ...query, ...(after && { after }) })
    const due = page.rows.filter((row) => row.until <= core.clock.now())
    for (const { file } of due) {
      if (signal.aborted) return removed
      removed += await removeFile(core, file).catch((error: unknown) => {
        failures.push(error)
        return 0
      })
    }
    after = due.length < page.rows.length ? undefined : page.next
  } while (after !== undefined)
  if (failures.length > 0) throw failures[0]
  return removed
}

async function removeFile(core: Core, file: string): Promise<number> {
  await core.blobs.remove(file as FileName)
  // Another process may have been as quick: the row is gone then, and that is all that was wanted.
  return await core.ledger.keep(async () => {
    const row = await core.store.get(files, [file])
    return row === undefined
      ? { value: 0, changes: [] }
      : { value: 1, changes: [remove(files, [file], { rev: row.rev })] }
  })
}
