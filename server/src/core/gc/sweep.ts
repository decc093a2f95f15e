import { insert } from '../../ports/store/change.ts'
import { files } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { carryOut, type GcItem, type Going } from './going.ts'

/**
 * Files that no row owns: what a crash left between the making of a file and a batch, or a restored backup did not
 * know. The trash claims them by inserting the row that an owner would have: where there is one, they are owned.
 * Answers how many were claimed.
 */
export async function sweep(core: Core, signal: AbortSignal): Promise<number> {
  let claimed = 0
  await carryOut(goingOrphans(core, signal), signal, () => {
    claimed++
  })
  return claimed
}

export async function* goingOrphans(core: Core, signal: AbortSignal): AsyncGenerator<Going> {
  for await (const { file, length } of core.blobs.list()) {
    if (signal.aborted) return
    if ((await core.store.get(files, [file])) !== undefined) continue
    const item: GcItem = { what: 'orphan', file, bytes: length, why: 'no record names the file' }
    yield {
      items: [item],
      carryOut: async () => ((await claimOrphan(core, file)) ? [item] : []),
    }
  }
}

/** Answers whether nothing knew the file: its bytes go with the trash from now on. */
export async function claimOrphan(core: Core, file: string): Promise<boolean> {
  return await core.ledger.keep(async () => {
    if ((await core.store.get(files, [file])) !== undefined) return { value: false, changes: [] }
    const until = core.clock.now() + core.limits.trashDelay
    return { value: true, changes: [insert(files, { file, state: 'trash', until })] }
  })
}
