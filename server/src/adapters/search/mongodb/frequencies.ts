import type { Alternative, Clause } from '../../../ports/search/search.ts'
import { docsIn } from './index-collections.ts'
import type { Asking } from './search-connection.ts'
import type { SearchLimits } from './search-options.ts'
import { beginsWith } from './text-pattern.ts'

/** How many documents have what is looked for, as far as that was counted. */
export class Having {
  readonly #counts: ReadonlyMap<string, number>

  constructor(counts: ReadonlyMap<string, number>) {
    this.#counts = counts
  }

  ofWord(word: string): number {
    return this.#counts.get(termOf(word, false)) ?? 0
  }

  /** Of words that follow each other, as many as have the rarest. */
  ofAlternative(alternative: Alternative): number {
    const counts = termsOf(alternative).map((term) => this.#counts.get(term) ?? 0)
    return counts.length === 0 ? 0 : Math.min(...counts)
  }

  ofClause({ alternatives }: Clause): number {
    return alternatives.reduce((sum, one) => sum + this.ofAlternative(one), 0)
  }
}

/** Counts the words of the clauses, each by its index alone. */
export async function havingOf(
  asking: Asking,
  generation: string,
  { clauses, limits }: { readonly clauses: readonly Clause[]; readonly limits: SearchLimits },
): Promise<Having> {
  const terms = new Set(clauses.flatMap(({ alternatives }) => alternatives.flatMap(termsOf)))
  return new Having(await countTerms(asking, generation, { terms: [...terms], limits }))
}

/** How many documents have each word, up to `limits.havingUpTo`. */
export async function countWords(
  asking: Asking,
  generation: string,
  { words, limits }: { readonly words: readonly string[]; readonly limits: SearchLimits },
): Promise<(word: string) => number> {
  const terms = words.map((word) => termOf(word, false))
  const having = new Having(await countTerms(asking, generation, { terms, limits }))
  return (word) => having.ofWord(word)
}

// No word has a sign in it: one of both stands before each.
const begun = '^'
const whole = '='
const termOf = (word: string, prefix: boolean): string => (prefix ? begun : whole) + word

const termsOf = ({ words, prefix }: Alternative): readonly string[] =>
  words.map((word, at) => termOf(word, prefix && at === words.length - 1))

async function countTerms(
  asking: Asking,
  generation: string,
  { terms, limits }: { readonly terms: readonly string[]; readonly limits: SearchLimits },
): Promise<ReadonlyMap<string, number>> {
  const queries = terms.map((term) => {
    const text = term.slice(1)
    return { words: term.startsWith(begun) ? beginsWith(text) : text }
  })
  const counts = await countEach(asking, generation, { queries, limit: limits.havingUpTo, limits })
  return new Map(terms.map((term, at) => [term, counts[at] ?? 0]))
}

/** What each finds, in their order; a few are asked at a time. */
export async function countEach(
  asking: Asking,
  generation: string,
  {
    queries,
    limit,
    limits,
  }: {
    readonly queries: readonly object[]
    readonly limit: number
    readonly limits: Pick<SearchLimits, 'countsAtOnce'>
  },
): Promise<readonly number[]> {
  const counts = queries.map(() => 0)
  const left = queries.entries()
  const count = async (): Promise<void> => {
    for (const [at, query] of left) counts[at] = await countUpTo(asking, generation, { query, limit })
  }
  await Promise.all(Array.from({ length: Math.min(limits.countsAtOnce, queries.length) }, count))
  return counts
}

/** By the command `count`: it reads an index alone where that answers it, which the stages of an aggregation do not always. */
export async function countUpTo(
  { db, options }: Asking,
  generation: string,
  { query, limit }: { readonly query: object; readonly limit?: number },
): Promise<number> {
  const { collectionName } = docsIn(db, generation)
  const { maxTimeMS, signal } = options()
  const command = { count: collectionName, query, ...(limit !== undefined && { limit }), maxTimeMS }
  const { n } = await db.command(command, { signal })
  return Number(n)
}
