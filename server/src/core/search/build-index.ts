import type { SearchEngine } from '../../ports/search/search.ts'
import type { Stored } from '../../ports/store/store.ts'
import { type ArtifactRow, artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { events } from '../ledger/tables.ts'
import { writeMark } from './index-mark.ts'
import { documentsOf } from './make-document.ts'

/** Few enough that making their documents keeps nobody waiting. */
const documentsAtOnce = 50
/** Clocks of processes that note uses may differ by so much, ms. */
export const usesLate = 30_000

/**
 * Makes an index anew of all artifacts, beside the one that answers meanwhile. What happens while it works is in the log behind
 * the mark that it begins with.
 * @returns how many artifacts it has
 */
export async function buildIndex(
  core: Core,
  engine: SearchEngine,
  signal: AbortSignal,
  told: (artifacts: number) => void = () => {},
): Promise<number> {
  const mark = writeMark({
    build: Buffer.from(core.random.bytes(12)).toString('hex'),
    position: await core.store.last(events),
    usedUpTo: core.clock.now() - usesLate,
  })
  await using rebuilding = await engine.rebuild()
  let count = 0
  let waiting: Stored<ArtifactRow>[] = []
  const add = async (): Promise<void> => {
    signal.throwIfAborted()
    const documents = await documentsOf(core, waiting)
    count += documents.length
    waiting = []
    await rebuilding.add(documents)
    told(count)
    await new Promise((resolve) => setImmediate(resolve))
  }
  for await (const row of eachRow(core.store, artifacts)) {
    waiting.push(row)
    if (waiting.length >= documentsAtOnce) await add()
  }
  await add()
  await rebuilding.finish(mark)
  return count
}
