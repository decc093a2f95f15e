import { timesIn } from '../../domain/search-score.ts'
import { metadataOf } from '../artifacts/artifact-rows.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import type { WantedClause } from './clauses.ts'
import type { SearchRequest } from './search-request.ts'
import { splitText, type TextRun } from './text/split-text.ts'

/**
 * What was asked for with the words of the best hit in place of those that only near spellings have found: made of what the
 * asker sees, and of nothing else. undefined where no word would be another.
 */
export function suggestionOf(
  { text = '' }: SearchRequest,
  clauses: readonly WantedClause[],
  best: ArtifactRow,
): string | undefined {
  const { name, description, topics, keywords } = metadataOf(best)
  // Each taken apart once, however many words were typed.
  const shown = [best.slug, name, ...topics, ...keywords, description].map(shownText)
  let suggested = text
  for (const { typed, alternatives } of clauses) {
    const near = alternatives
      .filter(({ weight, prefix }) => weight < 1 && !prefix)
      .map(({ words }) => words[0] ?? '')
    const isThere = alternatives.some(
      ({ weight, words, prefix }) => (weight === 1 || prefix) && shown.some((one) => has(one, words, prefix)),
    )
    if (typed === undefined || near.length === 0 || isThere) continue
    const written = shown.map((one) => writtenIn(one, near)).find((word) => word !== undefined)
    if (written !== undefined) suggested = suggested.replace(typed, written)
  }
  return suggested === text ? undefined : suggested
}

interface ShownText {
  readonly text: string
  readonly runs: readonly TextRun[]
  readonly words: readonly string[]
}

function shownText(text: string): ShownText {
  const runs = [...splitText(text)]
  const words = runs.flatMap((run) => [...run.words, ...(run.whole ? [run.whole] : [])])
  return { text, runs, words: words.map(({ word }) => word) }
}

function has(shown: ShownText, words: readonly string[], prefix: boolean): boolean {
  return timesIn(shown.words, words, prefix) > 0
}

/** The first word of the text that is one of these, as it is written there. */
function writtenIn({ text, runs }: ShownText, wanted: readonly string[]): string | undefined {
  for (const run of runs)
    for (const { word, start, end } of [...(run.whole ? [run.whole] : []), ...run.words])
      if (wanted.includes(word)) return text.slice(start, end).toLowerCase()
  return undefined
}
