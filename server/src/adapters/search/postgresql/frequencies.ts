import type { Clause } from '../../../ports/search/search.ts'
import type { IndexTables } from './index-tables.ts'
import { beginningOf, lexemeOf } from './lexemes.ts'
import type { Ask } from './search-pool.ts'

/** Greater than all text that begins like what stands before it, as far as words go. */
export const afterAll = '\u{10FFFF}'

/** For each alternative of each clause, how many documents have it: of words that follow each other, as many as have the rarest. */
export async function frequenciesOf(
  ask: Ask,
  { words }: IndexTables,
  clauses: readonly Clause[],
  { prefixWords }: { readonly prefixWords: number },
): Promise<readonly (readonly number[])[]> {
  const [whole, begun] = [new Set<string>(), new Set<string>()]
  for (const { alternatives } of clauses)
    for (const { words: each, prefix } of alternatives)
      for (const [at, word] of each.entries())
        if (prefix && at === each.length - 1) begun.add(beginningOf(word))
        else whole.add(lexemeOf(word))
  const beginnings = [...begun]
  const [found, beginning] = await Promise.all([
    whole.size === 0 ? [] : ask(`SELECT word, docs FROM ${words} WHERE word = ANY($1::text[])`, [[...whole]]),
    beginnings.length === 0
      ? []
      : ask(
          `SELECT p.prefix, (SELECT sum(w.docs) FROM (SELECT docs FROM ${words} WHERE word >= p.prefix AND word < p.upto
            LIMIT ${prefixWords}) w) FROM unnest($1::text[], $2::text[]) AS p(prefix, upto)`,
          [beginnings, beginnings.map((one) => one + afterAll)],
        ),
  ])
  const having = new Map(found.map(([word, docs]) => [String(word), Number(docs)]))
  const starting = new Map(beginning.map(([prefix, docs]) => [String(prefix), Number(docs ?? 0)]))
  return clauses.map(({ alternatives }) =>
    alternatives.map(({ words: each, prefix }) =>
      Math.min(
        ...each.map((word, at) =>
          prefix && at === each.length - 1
            ? (starting.get(beginningOf(word)) ?? 0)
            : (having.get(lexemeOf(word)) ?? 0),
        ),
      ),
    ),
  )
}

/** How many documents each clause may be true of. */
export function havingOf(frequencies: readonly (readonly number[])[]): readonly number[] {
  return frequencies.map((each) => each.reduce((sum, one) => sum + one, 0))
}
