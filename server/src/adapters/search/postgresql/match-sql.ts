import type { SearchFacet } from '../../../domain/search.ts'
import { type EngineQuery, estimatedBy, searchBounds } from '../../../ports/search/search.ts'
import { boundQuery, clausesSql, indexed, type Written } from './clause-sql.ts'
import { allOf, anyOf, headingOf, termsOf } from './clause-terms.ts'
import { groupBits, groupNumber } from './label-ids.ts'
import { nameLexeme, operand } from './lexemes.ts'
import { besideSql, facetsSql, type KnownLabels, sightSql } from './narrow-sql.ts'

/** What is known before all is asked for. */
export interface Prepared {
  readonly known: KnownLabels
  /** Of each clause, how many documents may have it. */
  readonly having: readonly number[]
  /** By relevance so many hits are told with their words, to be compared by these. */
  readonly compared: number
  /** Facets whose numbers are not known yet. */
  readonly counted: readonly SearchFacet[]
  readonly wantsTotal: boolean
}

/** Of a row of the answer, what it tells. */
export const rowKinds = { total: '0', hit: '1', label: '2' } as const

/**
 * One statement for all of an answer. Rows: [total, n]; [hit, n or by
 * relevance its place, id, value, is named, five texts]; [label, facet's number,
 * label, count].
 */
export function matchSql(written: Written, query: EngineQuery, prepared: Prepared): string {
  const { tables, bindings } = written
  const { sort } = query
  const { counted } = prepared
  const held = facetsSql(query, prepared.known, bindings)
  // Counted as if their own entries were not there.
  const loose = [...held.keys()].filter((facet) => counted.includes(facet))
  const isByWords = sort === 'relevance'
  const wantsHits = query.limit > 0
  const wantsTiers = isByWords && wantsHits && mayBeMany(query, prepared)
  const matching = clausesSql(written, query, prepared.having)
  const tiers = wantsTiers ? tiersOf(written, query, matching.lookup) : []
  const conditions = [
    ...matching.conditions,
    ...[sightSql(query.sight, prepared.known, bindings)].filter((one) => one !== undefined),
    ...besideSql(query.filter, bindings),
    ...[...held].filter(([facet]) => !loose.includes(facet)).map(([, holds]) => holds),
    ...(loose.length < 2
      ? []
      : [`${loose.map((facet) => `(${held.get(facet)})::integer`).join(' + ')} >= ${loose.length - 1}`]),
  ]
  const columns = [
    ...(wantsHits ? ['d.n', 'd.id', `${valueSql(query)} AS value`] : []),
    ...(wantsHits && isByWords ? [`${namedSql(written, query)} AS named`, `${tierSql(tiers)} AS tier`] : []),
    ...(counted.length > 0 ? ['d.labels'] : []),
    ...loose.map((facet) => `(${held.get(facet)}) AS ${heldName(facet)}`),
  ]
  const matches = `SELECT ${columns.join(', ')} FROM ${tables.docs} d${whereSql(conditions)}`
  const parts = [
    ...(prepared.wantsTotal
      ? [
          `SELECT ${rowKinds.total}, count(*), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM m${whereSql(loose.map(heldName))}`,
        ]
      : []),
    ...(wantsHits ? [hitsSql(written, query, { prepared, loose })] : []),
    ...labelsSql(written, counted, loose),
  ]
  const ctes = [
    ...tiers.map((tier, at) => `tier${at} AS MATERIALIZED (${tier})`),
    `m AS MATERIALIZED (${matches})`,
  ]
  return `WITH ${ctes.join(', ')} ${parts.map((part) => `(${part})`).join(' UNION ALL ')}`
}

const heldName = (facet: SearchFacet): string => `held_${facet}`
const whereSql = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`

/** More than are compared word by word. */
function mayBeMany({ clauses, atLeast }: EngineQuery, { having, compared }: Prepared): boolean {
  if (clauses.length === 0 || atLeast === 0) return false
  const most = atLeast >= clauses.length ? Math.min(...having) : having.reduce((sum, one) => sum + one, 0)
  return most > compared
}

function valueSql({ sort }: EngineQuery): string {
  if (sort === 'relevance') return 'd.weight'
  return sort === 'name' ? 'd.name_key' : `d."${sort}"`
}

function namedSql(written: Written, { names }: EngineQuery): string {
  if (names.length === 0) return 'false'
  const named = indexed(written, 'x', anyOf(names.map((name) => operand(nameLexeme(name)))))
  return `(d.n IN (SELECT x.n FROM ${written.tables.docs} x WHERE ${named}))`
}

/**
 * Sets of rows, those of the best chances first: all that was asked for in name or title, all of it, the rarest of it there, the
 * rarest with something else, and the rarest alone. What says most is the query's to tell: how often words occur is known of all
 * documents, in sight or not.
 */
function tiersOf(written: Written, query: EngineQuery, lookup: string | undefined): string[] {
  const clauses = estimatedBy(query)
  const headings = clauses.map((clause) => headingOf(clause))
  const everywhere = clauses.map((clause) => termsOf(clause).candidates)
  const rarities = clauses.map(({ rarity = 1 }) => rarity)
  const rarest = rarities.indexOf(Math.max(...rarities))
  const isPartly = query.atLeast < clauses.length
  const others = everywhere.filter((_, at) => at !== rarest)
  const queries = [
    allOf(headings),
    ...(isPartly ? [allOf(everywhere)] : []),
    ...(clauses.length > 1 ? [headings[rarest] ?? ''] : []),
    ...(isPartly && others.length > 1 ? [allOf([everywhere[rarest] ?? '', anyOf(others)])] : []),
    // Where it alone makes hits, all of them have it.
    ...(isPartly && query.clauses.length > 1 ? [everywhere[rarest] ?? ''] : []),
    ...(clauses.length > 1 ? [anyOf(headings)] : []),
  ]
  // What matches alone: of a common word in a heading the index has far more.
  const beside = lookup === undefined ? '' : ` && ${lookup}`
  return queries.map(
    (query) =>
      `SELECT x.n FROM ${written.tables.docs} x WHERE x.lex @@ (${boundQuery(written, query)}${beside})`,
  )
}

function tierSql(tiers: readonly string[]): string {
  if (tiers.length === 0) return '0'
  return `CASE ${tiers.map((_, at) => `WHEN d.n IN (SELECT n FROM tier${at}) THEN ${at}`).join(' ')} ELSE ${tiers.length} END`
}

function hitsSql(
  { tables, bindings }: Written,
  { sort, back, after, limit }: EngineQuery,
  { prepared, loose }: { readonly prepared: Prepared; readonly loose: readonly SearchFacet[] },
): string {
  const held = loose.map(heldName)
  if (sort === 'relevance') {
    const order = 'named DESC, tier, value DESC, id'
    const most = Math.max(prepared.compared, limit)
    // Numbered once they are few: numbers want all of them in order, of which the server keeps the first ones alone otherwise.
    const first = `SELECT n, id, value, named, tier FROM m${whereSql(held)} ORDER BY ${order} LIMIT ${most}`
    const best = `SELECT *, row_number() OVER (ORDER BY ${order}) AS place FROM (${first}) f`
    const texts = ['name', 'title', 'description', 'topics', 'source'].map((field) => `t.${field}`)
    return `SELECT ${rowKinds.hit}, b.place, b.id, b.value::text, b.named, ${texts.join(', ')} FROM (${best}) b LEFT JOIN ${tables.texts} t ON t.n = b.n AND b.place <= ${prepared.compared}`
  }
  const type = sort === 'name' ? 'text' : 'float8'
  const from =
    after === undefined
      ? []
      : [
          `(value, id) ${back ? '<' : '>'} (${bindings.add(after.value)}::${type}, ${bindings.add(after.id)}::text)`,
        ]
  const way = back ? 'DESC' : 'ASC'
  const page = `SELECT * FROM m${whereSql([...held, ...from])} ORDER BY value ${way}, id ${way} LIMIT ${bindings.add(limit)}::integer`
  return `SELECT ${rowKinds.hit}, p.n, p.id, p.value::text, false, NULL, NULL, NULL, NULL, NULL FROM (${page}) p`
}

/** One count for all facets whose filter is held by all rows, and one for each other. */
function labelsSql(
  written: Written,
  facets: readonly SearchFacet[],
  loose: readonly SearchFacet[],
): string[] {
  const together = facets.filter((facet) => !loose.includes(facet))
  return [
    ...(together.length === 0 ? [] : [countSql(written, together, loose)]),
    ...loose
      .filter((facet) => facets.includes(facet))
      .map((facet) =>
        countSql(
          written,
          [facet],
          loose.filter((one) => one !== facet),
        ),
      ),
  ]
}

function countSql(
  { tables }: Written,
  facets: readonly SearchFacet[],
  holding: readonly SearchFacet[],
): string {
  const group = (label: string): string => `${label} & ${(1 << groupBits) - 1}`
  const among = facets.map(groupNumber).join(', ')
  // In the list of columns it is three times as fast as beside the table.
  const each = `SELECT unnest(m.labels) AS label FROM m${whereSql(holding.map(heldName))}`
  const counts = `SELECT label, count(*) AS times FROM (${each}) u WHERE ${group('label')} IN (${among}) GROUP BY label`
  const ranked = `SELECT ${group('c.label')} AS facet, l.label, c.times,
    row_number() OVER (PARTITION BY ${group('c.label')} ORDER BY c.times DESC, l.label) AS place
    FROM (${counts}) c JOIN ${tables.labels} l ON l.id = c.label`
  return `SELECT ${rowKinds.label}, facet, label, times::text, NULL, NULL, NULL, NULL, NULL, NULL FROM (${ranked}) r WHERE place <= ${searchBounds.facetLabels} ORDER BY facet, place`
}
