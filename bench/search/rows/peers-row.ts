import { figure, p95, startTakes } from '../../engines/rows/figures.ts'
import type { Measured, Row } from '../../session/row.ts'
import { measureTask } from '../run-task.ts'
import { anyWord } from '../targets.ts'
import type { PeerName } from '../task.ts'
import { type Filled, Turns } from './filled.ts'
import { median } from './question-rows.ts'
import type { Sizes } from './sizes.ts'

const peers: ReadonlyMap<string, PeerName> = new Map([
  ['MiniSearch', 'MiniSearch'],
  ['Orama', 'Orama'],
  [anyWord, 'plain FTS5'],
])

/** Seconds, roughly, for fifty thousand artifacts: those in memory are filled for every measurement. */
const fillTakes = 20

export function peersRow(filled: Filled, { asked: { queries: most } }: Sizes): Row {
  const turns = new Turns()
  const engineOf = async (target: Measured): Promise<void> => {
    if (!peers.has(target.name)) await filled.engine(target)
  }
  return {
    name: 'search beside libraries',
    targets: ['sqlite', 'memory', 'MiniSearch', 'Orama', anyWord],
    about: `The texts of the graded queries among ${filled.artifacts.toLocaleString('en')} artifacts, few enough for all of them to hold, and to be filled anew in every round, with nothing narrowed or counted: of 400,000 MiniSearch takes 2.4 GB, and Orama had not filled its index after six minutes. Lading's engines make pages with snippets of the artifacts' records. MiniSearch looks for beginnings and near spellings too, as Lading does. All but \`sqlite\` have their index in memory alone, and fill it before they are asked. The memory is that of the whole process, with what it was filled from.`,
    figures: [p95(), median, figure({ id: 'memory', name: 'memory', unit: 'MB', better: 'less' })],
    checkTakes: fillTakes,
    takes: () => startTakes + fillTakes,
    check: engineOf,
    async measure(target) {
      const asked = { turn: turns.next(target.name), most }
      const peer = peers.get(target.name)
      if (peer !== undefined)
        return await measureTask({ do: 'peer', peer, artifacts: filled.artifacts, asked })
      return await measureTask({ do: 'mixed', at: await filled.engine(target), faceted: false, asked })
    },
  }
}
