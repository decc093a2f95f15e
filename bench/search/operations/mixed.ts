import { searchArtifacts } from '../../../server/src/core/search/search-artifacts.ts'
import { Timings } from '../../library/operations/timings.ts'
import { residentMb } from '../../process/resident-mb.ts'
import { mixedRequests, warmingRequests } from '../asking/mixed-requests.ts'
import { openSearched } from '../open-engine.ts'
import type { Measurement, Task } from '../task.ts'

/** One after the other, each once: from the text that was typed to the page of hits with its snippets. */
export async function measureMixed({
  at,
  faceted,
  asked,
}: Extract<Task, { do: 'mixed' }>): Promise<Measurement> {
  await using searched = await openSearched(at)
  const { core, searchers } = searched
  for (const { sight, request } of warmingRequests(asked, faceted))
    await searchArtifacts(core, searchers, sight, request)
  const timings = new Timings()
  for (const { sight, request } of mixedRequests(asked, faceted)) {
    const begun = performance.now()
    await searchArtifacts(core, searchers, sight, request)
    timings.add(performance.now() - begun)
  }
  return { p95: timings.p95, median: timings.median, memory: await residentMb(process.pid) }
}
