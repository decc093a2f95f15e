import { suggest } from '../../../server/src/core/search/suggest.ts'
import { Chance } from '../../../server/src/core/seed/chance.ts'
import { Timings } from '../../library/operations/timings.ts'
import { someone } from '../asking/mixed-requests.ts'
import { typedBeginnings } from '../asking/typed-beginnings.ts'
import { openSearched } from '../open-engine.ts'
import type { Measurement, Task } from '../task.ts'

/** As many as are shown below a field. */
const shown = 10
/** Beginnings of another turn. */
const warmingTurns = 1_000

/** Letter by letter, one after the other, each by another user. */
export async function measureComplete({
  at,
  asked,
}: Extract<Task, { do: 'complete' }>): Promise<Measurement> {
  await using searched = await openSearched(at)
  const chance = new Chance('completing', asked.turn)
  const ask = async (text: string): Promise<void> => {
    await suggest(searched.core, searched.searchers, someone(chance), { text, limit: shown })
  }
  for (const text of typedBeginnings({ ...asked, turn: asked.turn + warmingTurns })) await ask(text)
  const timings = new Timings()
  for (const text of typedBeginnings(asked)) {
    const begun = performance.now()
    await ask(text)
    timings.add(performance.now() - begun)
  }
  return { p95: timings.p95, median: timings.median }
}
