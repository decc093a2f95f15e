import { compareText } from '../../../domain/compare-text.ts'
import { editDistance } from '../../../domain/edit-distance.ts'
import { type SimilarQuery, type SimilarWord, searchBounds } from '../../../ports/search/search.ts'
import { Bindings } from './bindings.ts'
import { afterAll } from './frequencies.ts'
import { tablesOf } from './index-tables.ts'
import type { Pointer } from './pointer.ts'
import type { Ask } from './search-pool.ts'
import { gramsOf, maskOf } from './word-traits.ts'

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

/**
 * Conditions of which one holds for every word that is near enough. With one edit more pieces than edits, one piece stays as
 * it is, unless two letters are swapped across the end of a piece: of such a word all else is as in the word that has them
 * swapped, but for the edits that remain.
 */
function nearSql(letters: readonly string[], most: 1 | 2, bindings: Bindings): readonly string[] {
  const pieces = most + 1
  if (letters.length < pieces) return ['true']
  const begins = (text: string): string =>
    `word >= ${bindings.add(text)}::text AND word < ${bindings.add(text + afterAll)}::text`
  const ends = (text: string): string => {
    const turned = [...text].reverse().join('')
    return `reverse(word) >= ${bindings.add(turned)}::text AND reverse(word) < ${bindings.add(turned + afterAll)}::text`
  }
  const is = (text: string): string => `word = ${bindings.add(text)}::text`
  const [first, last] = cutsOf(letters.length, most)
  const whole = (each: readonly string[], from: number, to?: number): string => each.slice(from, to).join('')
  const [early, late] = [swapped(letters, first), swapped(letters, last)]
  if (most === 1) return [begins(whole(letters, 0, first)), ends(whole(letters, first)), is(early.join(''))]
  const middle = letters.slice(first, last)
  const grams = gramsOf(middle)
  return [
    begins(whole(letters, 0, first)),
    begins(whole(early, 0, first)),
    ends(whole(letters, last)),
    ends(whole(late, last)),
    grams.length > 0
      ? `grams @> ${bindings.add(grams)}::text[]`
      : `strpos(word, ${bindings.add(middle.join(''))}::text) > 0`,
  ]
}

/** Where the first piece ends, and where the last one begins: the middle one is looked up by three letters. */
function cutsOf(length: number, most: 1 | 2): readonly [number, number] {
  if (most === 1) return [length >> 1, length >> 1]
  const middle = Math.max(Math.floor(length / 3), Math.min(3, length - 2))
  const first = (length - middle + 1) >> 1
  return [first, first + middle]
}

function swapped(letters: readonly string[], at: number): readonly string[] {
  const turned = [...letters]
  const [one, other] = [turned[at - 1], turned[at]]
  if (one === undefined || other === undefined) return turned
  turned[at - 1] = other
  turned[at] = one
  return turned
}
