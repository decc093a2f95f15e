import type { Clause, EngineQuery } from '../../../ports/search/search.ts'
import type { Bindings } from './bindings.ts'
import { allOf, anyOf, type ClauseTerms, eitherOf, type TextCheck, termsOf } from './clause-terms.ts'
import type { IndexTables } from './index-tables.ts'
import { longMark, operand } from './lexemes.ts'

/** What conditions are written for. */
export interface Written {
  readonly tables: IndexTables
  readonly bindings: Bindings
  /** Documents with more words than are indexed are there: each may match by its texts alone. */
  readonly hasLong: boolean
}

/** More ways to choose so many of the clauses are not written out. */
const mostChoices = 128

/** Conditions on a row `d` of `docs` that hold for the documents which enough of the clauses are true of. */
export interface Matching {
  /** The tsquery, as it is bound, that the index is looked up by: of what matches all satisfies it. */
  readonly lookup?: string
  readonly conditions: readonly string[]
}

/** @param having of each clause, how many documents may have it */
export function clausesSql(
  written: Written,
  query: Pick<EngineQuery, 'clauses' | 'atLeast' | 'without'>,
  having: readonly number[],
): Matching {
  const each = query.clauses.map((clause) => termsOf(clause))
  const isEither = each.length > 1 && query.atLeast === 1
  const terms = isEither ? [eitherOf(each)] : each
  const needed = Math.min(query.atLeast, terms.length)
  const { sure, unsure } = excluded(written, query)
  if (needed <= 0) return { conditions: [...unsure, ...sure.map((terms) => notIn(written, terms))] }
  const isSure = terms.every((one) => isCertain(written, one))
  const choices = choicesOf(terms.length, needed)
  if (needed === terms.length || (isSure && choices !== undefined)) {
    const ways = (choices ?? [terms.map((_, at) => at)]).map((chosen) =>
      allOf(chosen.map((at) => candidatesOf(written, terms[at]))),
    )
    const without = sure.map((one) => `!${one.candidates}`)
    const lookup = boundQuery(written, allOf([anyOf(ways), ...without]))
    const checked = terms.filter((one) => !isCertain(written, one))
    const conditions = [
      `d.lex @@ ${lookup}`,
      ...checked.map((one) =>
        written.hasLong ? clauseSql(written, 'd', one) : notMistaken(written, lookup, one),
      ),
      ...unsure,
    ]
    return { lookup, conditions }
  }
  // Whatever has enough of them has one of those that remain without all but one of the enough: the rarest.
  const rarest = terms
    .map((one, at) => ({ one, documents: having[at] ?? 0 }))
    .sort((one, other) => one.documents - other.documents)
    .slice(0, terms.length - needed + 1)
  const lookup = boundQuery(written, anyOf(rarest.map(({ one }) => candidatesOf(written, one))))
  const counted = terms.map((one) => `(${clauseSql(written, 'd', one)})::integer`).join(' + ')
  const conditions = [
    `d.lex @@ ${lookup}`,
    `${counted} >= ${written.bindings.add(needed)}::integer`,
    ...unsure,
    ...sure.map((one) => notIn(written, one)),
  ]
  return { lookup, conditions }
}

/**
 * Of one clause, conditions on a row of which at most one holds, each looked up by the index. Each row is looked at by itself: who
 * stops after some has looked at no others. No row's words are fetched, but where some documents have more than are indexed.
 */
export function oneClauseWays(written: Written, clause: Clause): readonly string[] {
  const terms = termsOf(clause)
  const found = (query: string): string => indexed(written, 'd', query)
  const candidates = candidatesOf(written, terms)
  if (isCertain(written, terms)) return [found(candidates)]
  if (written.hasLong) return [`${found(candidates)} AND ${clauseSql(written, 'd', terms)}`]
  const { certain, unsure } = terms
  return [
    ...(certain === undefined ? [] : [found(certain)]),
    `${found(onlyUnsure(terms))} AND ${checksSql(written, 'd', unsure)}`,
  ]
}

/** What the index alone cannot tell of. */
const onlyUnsure = ({ certain, unsureCandidates }: ClauseTerms): string =>
  certain === undefined ? unsureCandidates : allOf([unsureCandidates, `!${certain}`])

function excluded(
  written: Written,
  { without }: Pick<EngineQuery, 'without'>,
): { readonly sure: readonly ClauseTerms[]; readonly unsure: readonly string[] } {
  const terms = without.map((clause) => termsOf(clause))
  return {
    sure: terms.filter((one) => isCertain(written, one)),
    unsure: terms.filter((one) => !isCertain(written, one)).map((one) => notIn(written, one)),
  }
}

function notIn(written: Written, terms: ClauseTerms): string {
  const found = indexed(written, 'x', candidatesOf(written, terms))
  return `d.n NOT IN (SELECT x.n FROM ${written.tables.docs} x WHERE ${found} AND ${clauseSql(written, 'x', terms)})`
}

const isCertain = ({ hasLong }: Written, { unsure }: ClauseTerms): boolean => !hasLong && unsure.length === 0

function candidatesOf({ hasLong }: Written, terms: ClauseTerms | undefined): string {
  const candidates = terms?.candidates ?? anyOf([])
  return hasLong ? `(${candidates} | ${operand(longMark)})` : candidates
}

export const boundQuery = ({ bindings }: Written, tsquery: string): string =>
  `${bindings.add(tsquery)}::tsquery`
export const indexed = (written: Written, row: string, tsquery: string): string =>
  `${row}.lex @@ ${boundQuery(written, tsquery)}`

/** Whether the clause is true of the row, which is one of its candidates or not. */
function clauseSql(written: Written, row: 'd' | 'x', terms: ClauseTerms): string {
  const { certain, unsure, all } = terms
  const either = [
    ...(certain === undefined ? [] : [indexed(written, row, certain)]),
    ...(unsure.length === 0
      ? []
      : [`(${indexed(written, row, terms.candidates)} AND ${checksSql(written, row, unsure)})`]),
    ...(written.hasLong && all.length > 0 ? [`(${row}.long AND ${checksSql(written, row, all)})`] : []),
  ]
  return either.length === 0 ? 'false' : `(${either.join(' OR ')})`
}

/** Of the few that the index alone cannot tell of, those are left out whose texts do not have it. No row's words are fetched. */
function notMistaken(written: Written, lookup: string, terms: ClauseTerms): string {
  const unknown = `x.lex @@ (${boundQuery(written, onlyUnsure(terms))} && ${lookup})`
  return `d.n NOT IN (SELECT x.n FROM ${written.tables.docs} x WHERE ${unknown} AND NOT ${checksSql(written, 'x', terms.unsure)})`
}

function checksSql({ tables, bindings }: Written, row: string, checks: readonly TextCheck[]): string {
  const each = checks.flatMap(({ text, fields }) => {
    const wanted = bindings.add(text)
    return fields.map((field) => `strpos(' ' || t.${field} || ' ', ${wanted}) > 0`)
  })
  return `EXISTS (SELECT FROM ${tables.texts} t WHERE t.n = ${row}.n AND (${each.join(' OR ')}))`
}

/** Every way to choose so many of so many, by their places; undefined where there are too many. */
function choicesOf(all: number, chosen: number): readonly (readonly number[])[] | undefined {
  let ways = 1
  for (let at = 1; at <= chosen; at++) {
    ways = (ways * (all - chosen + at)) / at
    if (ways > mostChoices) return undefined
  }
  const from = (first: number, left: number): readonly (readonly number[])[] => {
    if (left === 0) return [[]]
    const found: (readonly number[])[] = []
    for (let at = first; at <= all - left; at++)
      for (const rest of from(at + 1, left - 1)) found.push([at, ...rest])
    return found
  }
  return from(0, chosen)
}
