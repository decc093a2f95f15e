import { insert } from '../../ports/store/change.ts'
import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'

/** The first that a registry keeps. */
export const uploadKeyName = 'upload-ids'

/** The key that signs upload ids: made at the first start, the same for every process of a registry. */
export async function uploadKey(core: Core): Promise<Uint8Array> {
  return await core.ledger.keep(async () => {
    const row = await core.store.get(secrets, [uploadKeyName])
    if (row !== undefined) return { value: row.bytes, changes: [] }
    const bytes = core.random.bytes(32)
    return { value: bytes, changes: [insert(secrets, { name: uploadKeyName, bytes })] }
  })
}
