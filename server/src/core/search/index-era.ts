import { insert } from '../../ports/store/change.ts'
import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'

/** No restore puts this row back, and no copy brings it along. */
export const indexEraName = 'index-era'

/**
 * Names the log that indexes follow, the same for every process of a registry. Positions of the log say nothing of records that
 * were put back from a backup, or copied to other engines, though these are of the same registry.
 */
export async function indexEra(core: Core): Promise<string> {
  const bytes = await core.ledger.keep(async () => {
    const row = await core.store.get(secrets, [indexEraName])
    if (row !== undefined) return { value: row.bytes, changes: [] }
    const fresh = core.random.bytes(16)
    return { value: fresh, changes: [insert(secrets, { name: indexEraName, bytes: fresh })] }
  })
  return Buffer.from(bytes).toString('hex')
}
