import { type SearchField, searchFields } from '../../../domain/search.ts'
import { SearchError } from '../../../ports/search/errors.ts'
import type { EngineAnswer, EngineHit } from '../../../ports/search/search.ts'

/** An answer on its way from a thread: lists of plain values, and one text, are copied in a fraction of the time. */
export interface PackedAnswer extends Omit<EngineAnswer, 'hits'> {
  readonly ids: readonly string[]
  readonly named: readonly boolean[]
  readonly values: readonly (number | string)[]
  /** Of so many hits, the first ones, `words` has a line for each of their fields. Words have no end of a line in them. */
  readonly worded: number
  readonly words: string
}

export function packAnswer({ hits, ...answer }: EngineAnswer): PackedAnswer {
  const worded = hits.flatMap(({ words }) => words ?? [])
  const lines = worded.flatMap((words) => searchFields.map((field) => words[field]))
  return {
    ...answer,
    ids: hits.map(({ id }) => id),
    named: hits.map(({ isNamed }) => isNamed),
    values: hits.map(({ value }) => value),
    worded: worded.length,
    words: lines.join('\n'),
  }
}

/** @throws SearchError `foreign`: a word in the index has an end of a line in it */
export function unpackAnswer({ ids, named, values, worded, words, ...answer }: PackedAnswer): EngineAnswer {
  const fields = searchFields.length
  const lines = worded === 0 ? [] : words.split('\n')
  if (lines.length !== worded * fields) throw new SearchError('foreign', 'the index has words that are none')
  const hits = ids.map((id, at): EngineHit => {
    const hit = { id, isNamed: named[at] ?? false, value: values[at] ?? 0 }
    return at < worded ? { ...hit, words: wordsAt(lines, at * fields) } : hit
  })
  return { ...answer, hits }
}

function wordsAt(lines: readonly string[], from: number): Readonly<Record<SearchField, string>> {
  const entries = searchFields.map((field, at) => [field, lines[from + at] ?? ''])
  return Object.fromEntries(entries) as Record<SearchField, string>
}
