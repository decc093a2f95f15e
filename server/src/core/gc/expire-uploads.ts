import { remove } from '../../ports/store/change.ts'
import { trashFile } from '../content/blob-rows.ts'
import { uploads } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/**
 * Uploads whose time ran out go, claimed or not; their files go to the trash. A writer that still holds one finds its
 * row gone, and its late bytes land in a file that nothing will ever name. Answers how many went.
 */
export async function expireUploads(core: Core, signal: AbortSignal): Promise<number> {
  let expired = 0
  while (!signal.aborted) {
    const { rows } = await core.store.find(uploads, { index: 'due', limit: core.limits.pageSize })
    const due = rows.filter((row) => row.until <= core.clock.now())
    for (const { id } of due) {
      if (signal.aborted) return expired
      expired += await core.ledger.keep(async () => {
        const row = await core.store.get(uploads, [id])
        if (row === undefined || row.until > core.clock.now()) return { value: 0, changes: [] }
        return {
          value: 1,
          changes: [
            remove(uploads, [id], { rev: row.rev }),
            ...(row.file === '' ? [] : [trashFile(core, row.file, 'upload')]),
          ],
        }
      })
    }
    if (due.length === 0) return expired
  }
  return expired
}
