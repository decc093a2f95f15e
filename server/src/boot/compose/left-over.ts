import { unsealedTail } from '../../core/audit/unsealed-tail.ts'
import { tagHistory } from '../../core/catalog/tables.ts'
import { blobs, files } from '../../core/content/tables.ts'
import type { Core } from '../../core/ledger/core.ts'
import type { Status } from '../operator.ts'

/** Nobody reads an exact number beyond these. */
const trashCountedTo = 10_000
const damageCountedTo = 1000

/** What waits to be looked after, and when a tag was moved last. */
export async function leftOver(
  store: Pick<Core['store'], 'find' | 'count'>,
): Promise<Pick<Status, 'trash' | 'damaged' | 'lastMoveAt' | 'unsealed'>> {
  const trash = { index: 'due', eq: ['trash'] }
  const [trashed, oldest, damaged, newest, unsealed] = await Promise.all([
    store.count(files, { ...trash, upTo: trashCountedTo }),
    store.find(files, { ...trash, limit: 1 }),
    store.find(blobs, { index: 'byDamage', beyond: [0], limit: damageCountedTo }),
    store.find(tagHistory, { index: 'byAge', eq: [true], back: true, limit: 1 }),
    unsealedTail(store),
  ])
  const [due] = oldest.rows
  const [moved] = newest.rows
  return {
    trash: { files: trashed, ...(due && { dueAt: due.until }) },
    damaged: damaged.rows.length,
    unsealed,
    ...(moved && { lastMoveAt: moved.at }),
  }
}
