import { searchFields } from '../../../domain/search.ts'
import {
  type SimilarQuery,
  type SimilarWord,
  type SoughtWord,
  searchBounds,
} from '../../../ports/search/search.ts'
import { NearInSight } from '../shared/near-in-sight.ts'
import { nearPieces } from '../shared/near-pieces.ts'
import { Bindings } from './bindings.ts'
import { afterAll } from './frequencies.ts'
import { type IndexTables, tablesOf } from './index-tables.ts'
import { longMark, operand } from './lexemes.ts'
import { type KnownLabels, labelsOf, sightSql } from './narrow-sql.ts'
import type { Pointer } from './pointer.ts'
import type { Ask } from './search-pool.ts'
import { maskOf } from './word-traits.ts'

/** `bit_count` came with it. */
const counting = 140_000

export async function similarWords(
  ask: Ask,
  { generation, hasLong }: Pointer,
  { query, version }: { readonly query: SimilarQuery; readonly version: number },
): Promise<readonly (readonly SimilarWord[])[]> {
  const tables = tablesOf(generation)
  const { words, sight } = query
  const [labels, ...known] = await Promise.all([
    labelsOf(ask, tables, { sight }),
    ...words.map((sought) => knownWords(ask, tables, { sought, version })),
  ])
  const near = new NearInSight(query, known)
  for (let wanted = near.wanted(); wanted.length > 0; wanted = near.wanted())
    near.count(await countInSight(ask, tables, { words: wanted, sight, labels, hasLong }))
  return near.answer()
}

/** Words that may be near. */
async function knownWords(
  ask: Ask,
  { words }: IndexTables,
  { sought: { word, edits: most }, version }: { readonly sought: SoughtWord; readonly version: number },
): Promise<readonly string[]> {
  const bindings = new Bindings()
  const letters = [...word]
  const near = nearSql(letters, most, bindings)
  const lengths = Array.from({ length: 2 * most + 1 }, (_, at) => letters.length - most + at)
  const alike = `letters = ANY('{${lengths.join(',')}}'::smallint[])`
  const mask =
    version < counting
      ? 'true'
      : `bit_count((mask # ${bindings.add(String(maskOf(letters)))}::bigint)::bit(64)) <= ${2 * most}`
  const sql = near.map((one) => `SELECT word FROM ${words} WHERE ${one} AND ${alike} AND ${mask}`)
  const rows = await ask(sql.join(' UNION '), bindings.values)
  return rows.map(([found]) => String(found))
}

interface Counted extends Pick<SimilarQuery, 'sight'> {
  readonly words: readonly string[]
  readonly labels: KnownLabels
  readonly hasLong: boolean
}

async function countInSight(
  ask: Ask,
  { docs, texts }: IndexTables,
  { words, sight, labels, hasLong }: Counted,
): Promise<(word: string) => number> {
  const bindings = new Bindings()
  const asked = [words, words.map((word) => operand(word))].map((each) => `${bindings.add(each)}::text[]`)
  const inSight = sightSql(sight, labels, bindings) ?? 'true'
  const has = searchFields.map((field) => `strpos(' ' || t.${field} || ' ', ' ' || w.word || ' ') > 0`)
  const said = `EXISTS (SELECT FROM ${texts} t WHERE t.n = d.n AND (${has.join(' OR ')}))`
  const holds = hasLong
    ? `d.lex @@ (w.asked::tsquery || ${bindings.add(operand(longMark))}::tsquery) AND (d.lex @@ w.asked::tsquery OR ${said})`
    : 'd.lex @@ w.asked::tsquery'
  const seen = `SELECT FROM ${docs} d WHERE ${holds} AND ${inSight} LIMIT ${searchBounds.similarCounted}`
  const rows = await ask(
    `SELECT w.word, (SELECT count(*) FROM (${seen}) seen) FROM unnest(${asked.join(', ')}) AS w(word, asked)`,
    bindings.values,
  )
  const counts = new Map(rows.map(([word, documents]) => [String(word), Number(documents)]))
  return (word) => counts.get(word) ?? 0
}

/** Conditions of which one holds for every word that is near enough. */
function nearSql(letters: readonly string[], most: 1 | 2, bindings: Bindings): readonly string[] {
  const pieces = nearPieces(letters, most)
  if (pieces === undefined) return ['true']
  const { begins, ends, is, has } = pieces
  const beginsSql = (text: string): string =>
    `word >= ${bindings.add(text)}::text AND word < ${bindings.add(text + afterAll)}::text`
  const endsSql = (text: string): string => {
    const turned = [...text].reverse().join('')
    return `reverse(word) >= ${bindings.add(turned)}::text AND reverse(word) < ${bindings.add(turned + afterAll)}::text`
  }
  const hasSql = ({ text, grams }: NonNullable<typeof has>): string =>
    grams.length > 0
      ? `grams @> ${bindings.add(grams)}::text[]`
      : `strpos(word, ${bindings.add(text)}::text) > 0`
  return [
    ...begins.map(beginsSql),
    ...ends.map(endsSql),
    ...is.map((text) => `word = ${bindings.add(text)}::text`),
    ...(has === undefined ? [] : [hasSql(has)]),
  ]
}
