import { isRegistryError } from '../../domain/error.ts'
import { timesIn } from '../../domain/search-score.ts'
import { metadataOf } from '../artifacts/artifact-rows.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import type { WantedClause } from './clauses.ts'
import { mendTerms } from './mend-terms.ts'
import { planSearch } from './plan-search.ts'
import type { SearchRequest } from './search-request.ts'
import { splitText, type TextRun } from './text/split-text.ts'

/** What was found. */
export interface Finding {
  readonly clauses: readonly WantedClause[]
  /** The best hit, where near spellings count. */
  readonly best: ArtifactRow | undefined
  /** Names of all kinds that artifacts can have here. */
  readonly kinds: readonly string[]
}

/**
 * What was asked for with the words of the best hit in place of those that only near spellings have found, and with terms that
 * there are in place of those that are nearly so: made of what the asker sees, and of nothing else. undefined where it would be
 * the same, or cannot be asked.
 */
export function suggestionOf(request: SearchRequest, { clauses, best, kinds }: Finding): string | undefined {
  const { text = '' } = request
  const mended = mendTerms(text)
  const respelt = (one: string): string => (best === undefined ? one : withWordsOf(best, one, clauses))
  return [respelt(mended), mended, respelt(text)].find(
    (one) => one !== text && canBeAsked(one, request, kinds),
  )
}

function canBeAsked(text: string, request: SearchRequest, kinds: readonly string[]): boolean {
  try {
    planSearch({ ...request, text }, kinds)
    return true
  } catch (error) {
    if (isRegistryError(error, 'parameter-invalid')) return false
    throw error
  }
}

function withWordsOf(best: ArtifactRow, text: string, clauses: readonly WantedClause[]): string {
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
  return suggested
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
