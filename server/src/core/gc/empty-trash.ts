import type { FileName } from '../../ports/blobs/blobs.ts'
import { remove } from '../../ports/store/change.ts'
import { files } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/**
 * The bytes of files that have been in the trash for their time, then their rows. Nothing else ever deletes bytes.
 * Answers how many files went.
 */
export async function emptyTrash(core: Core, signal: AbortSignal): Promise<number> {
  let removed = 0
  while (!signal.aborted) {
    const { rows } = await core.store.find(files, {
      index: 'due',
      eq: ['trash'],
      limit: core.limits.pageSize,
    })
    const due = rows.filter((row) => row.until <= core.clock.now())
    for (const { file, rev } of due) {
      await core.blobs.remove(file as FileName)
      // Another process may have been as quick: the row is gone then, and that is all that was wanted.
      removed += await core.ledger.keep(async () => {
        const row = await core.store.get(files, [file])
        return row === undefined
          ? { value: 0, changes: [] }
          : { value: 1, changes: [remove(files, [file], { rev })] }
      })
    }
    if (due.length === 0) return removed
  }
  return removed
}
