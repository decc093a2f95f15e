import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { searchArtifacts } from '../../../server/src/core/search/search-artifacts.ts'
import { Chance } from '../../../server/src/core/seed/chance.ts'
import { Timings } from '../../library/operations/timings.ts'
import { countedFacets, pageSize, someone } from '../asking/mixed-requests.ts'
import { openSearched } from '../open-engine.ts'
import type { Measurement, Task } from '../task.ts'

const warmingOnes = 5
/** Fewer say nothing of one in twenty; `wanted`, as long as they come within `patience`, in ms. */
const ones = { least: 20, wanted: 60, patience: 20_000 }
const nanosPerMs = 1e6

/** One after the other, each by another user, and how long the thread that serves keeps others waiting meanwhile. */
export async function measureCommonest({
  at,
  word,
  turn,
  seconds,
}: Extract<Task, { do: 'commonest' }>): Promise<Measurement> {
  await using searched = await openSearched(at)
  const chance = new Chance('commonest', turn)
  const ask = async (): Promise<void> => {
    const request = { text: word, limit: pageSize, countFacets: countedFacets }
    const { total } = await searchArtifacts(searched.core, searched.searchers, someone(chance), request)
    if (total === 0) throw new Error(`nothing has ${word}`)
  }
  for (let n = 0; n < warmingOnes; n++) await ask()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const timings = new Timings()
  const start = performance.now()
  const isEnough = (): boolean => {
    const passed = performance.now() - start
    const asked = timings.count
    return asked >= (passed < ones.patience ? ones.wanted : ones.least) && passed >= seconds * 1000
  }
  while (!isEnough()) {
    const begun = performance.now()
    await ask()
    timings.add(performance.now() - begun)
    // As a server does between two requests; its timers would be left waiting otherwise.
    await nextTurn()
  }
  delay.disable()
  return { p95: timings.p95, median: timings.median, loop: delay.percentile(99) / nanosPerMs }
}
