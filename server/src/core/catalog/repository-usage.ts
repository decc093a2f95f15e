import { holdings } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { manifests } from './tables.ts'

/** Counted from the rows themselves: what `namespaces` must say of the repository's part. */
export async function repositoryUsage(
  core: Pick<Core, 'store'>,
  repository: string,
): Promise<{ bytes: number; manifests: number }> {
  let bytes = 0
  let count = 0
  const own = { eq: [repository] }
  for await (const { size } of eachRow(core.store, holdings, own)) bytes += size
  for await (const { size } of eachRow(core.store, manifests, own)) {
    bytes += size
    count++
  }
  return { bytes, manifests: count }
}
