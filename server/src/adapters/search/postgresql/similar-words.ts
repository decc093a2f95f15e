import { compareText } from '../../../domain/compare-text.ts'
import { editDistance } from '../../../domain/edit-distance.ts'
import { type SimilarQuery, type SimilarWord, searchBounds } from '../../../ports/search/search.ts'
import { nearPieces } from '../shared/near-pieces.ts'
import { Bindings } from './bindings.ts'
import { afterAll } from './frequencies.ts'
import { tablesOf } from './index-tables.ts'
import type { Pointer } from './pointer.ts'
import type { Ask } from './search-pool.ts'
import { maskOf } from './word-traits.ts'

/** `bit_count` came with it. */
const counting = 140_000

export async function similarWords(
  ask: Ask,
  { generation }: Pointer,
  { word, edits: most, version }: SimilarQuery & { readonly version: number },
): Promise<readonly SimilarWord[]> {
  const bindings = new Bindings()
  const letters = [...word]
  const near = nearSql(letters, most, bindings)
  const alike = `letters BETWEEN ${letters.length - most} AND ${letters.length + most}`
  const { words } = tablesOf(generation)
  const mask =
    version < counting
      ? 'true'
      : `bit_count((mask # ${bindings.add(String(maskOf(letters)))}::bigint)::bit(64)) <= ${2 * most}`
  const sql = near.map((one) => `SELECT word, docs FROM ${words} WHERE ${one} AND ${alike} AND ${mask}`)
  const rows = await ask(sql.join(' UNION '), bindings.values)
  return rows
    .map(
      ([found, docs]): SimilarWord => ({
        word: String(found),
        edits: editDistance(word, String(found), most),
        documents: Number(docs),
      }),
    )
    .filter(({ edits }) => edits > 0 && edits <= most)
    .sort(
      (one, other) =>
        one.edits - other.edits || other.documents - one.documents || compareText(one.word, other.word),
    )
    .slice(0, searchBounds.similar)
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
