import { Agreement } from '../../engines/rows/agreement.ts'
import { below, figure, p95, startTakes } from '../../engines/rows/figures.ts'
import type { Figure, Measured, Row } from '../../session/row.ts'
import { measureTask, runTask } from '../run-task.ts'
import { allWords, anyWord } from '../targets.ts'
import { type Filled, Turns } from './filled.ts'
import type { Sizes } from './sizes.ts'

/** Seconds, roughly, for a million artifacts in one engine. */
const fillTakes = 600
/** The same until all queries are asked twice, of a million artifacts. */
const askTakes = 30

export const median: Figure = figure({ id: 'median', name: 'median', unit: 'ms', better: 'less' })

export function questionRows(filled: Filled, { asked }: Sizes): readonly Row[] {
  return [mixedRow(filled, asked.queries), commonestRow(filled), completeRow(filled, asked.names)]
}

function mixedRow(filled: Filled, most: number): Row {
  const [said, turns] = [new Agreement(), new Turns()]
  const isPlain = ({ name }: Measured): boolean => name === anyWord || name === allWords
  return {
    name: 'search with three facets',
    targets: ['sqlite', 'postgresql', 'opensearch', anyWord, allWords],
    about: `The graded queries, each once and by another user, among ${filled.artifacts.toLocaleString('en')} artifacts, one after the other: from the text that was typed to a page of 20 hits with snippets, with near spellings where few are found, and three facets counted (category, topic, license). Queries that say so, and half of the others, are narrowed by a category, by topics, a license or a language; who asks sees what is public and their own. The two of FTS5 are given the text alone: they narrow, count and read nothing.`,
    figures: [
      p95({
        all: [below(30), { ...below(50), of: 'postgresql' }, { ...below(50), of: 'opensearch' }],
      }),
      median,
    ],
    checkTakes: fillTakes,
    takes: () => startTakes + askTakes,
    async check(target) {
      if (isPlain(target)) return void (await filled.fts5())
      await agree(said, target, filled)
    },
    async measure(target) {
      const asked = { turn: turns.next(target.name), most }
      if (isPlain(target))
        return await measureTask({
          do: 'plain',
          file: await filled.fts5(),
          all: target.name === allWords,
          asked,
        })
      return await measureTask({ do: 'mixed', at: await filled.engine(target), faceted: true, asked })
    },
  }
}

function commonestRow(filled: Filled): Row {
  const turns = new Turns()
  return {
    name: 'the commonest word',
    targets: ['sqlite', 'postgresql', 'opensearch'],
    about: `The word that most of ${filled.artifacts.toLocaleString('en')} artifacts have, which is a topic of some three quarters of them, asked for by one user after the other; a page of 20 hits, and three facets counted. The event loop is that of the thread that searches are asked of: for so long somebody else's request waits.`,
    figures: [
      p95(below(100)),
      median,
      figure({ id: 'loop', name: 'event loop, p99', unit: 'ms', better: 'less' }, below(10)),
    ],
    checkTakes: startTakes,
    takes: (seconds) => startTakes + askTakes / 2 + seconds,
    check: async (target) => void (await filled.engine(target)),
    async measure(target, seconds) {
      const { facts } = await filled.place()
      const at = await filled.engine(target)
      const turn = turns.next(target.name)
      return await measureTask({ do: 'commonest', at, word: facts.commonest, turn, seconds })
    },
  }
}

function completeRow(filled: Filled, most: number): Row {
  const turns = new Turns()
  return {
    name: 'autocomplete',
    targets: ['sqlite', 'postgresql', 'opensearch'],
    about: `Names are typed, and after each letter from the first to the eighth ten artifacts are asked for, among ${filled.artifacts.toLocaleString('en')}, by one user after the other.`,
    figures: [p95(below(5)), median],
    checkTakes: startTakes,
    takes: () => startTakes + askTakes,
    check: async (target) => void (await filled.engine(target)),
    async measure(target) {
      const at = await filled.engine(target)
      return await measureTask({ do: 'complete', at, asked: { turn: turns.next(target.name), most } })
    },
  }
}

/** Engines are compared only where they say the same. */
export async function agree(said: Agreement, target: Measured, filled: Filled): Promise<void> {
  const answer = (await runTask({ do: 'look', at: await filled.engine(target) })) as { readonly said: string }
  said.hold(target.name, answer.said)
}
