import { stemmer } from 'stemmer'
import { foldText } from './fold.ts'

/** A word of a text, ready to be compared, and where it stands: in UTF-16 units, as strings are cut. */
export interface TextWord {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** What is written without a blank: its words, and all of it as one word where it has several. */
export interface TextRun {
  readonly words: readonly TextWord[]
  readonly whole?: TextWord
}

/** Scripts that put no blank between words: two neighbours are a word. */
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々'
const letters = '\\p{L}\\p{N}\\p{M}'
/** What is a letter without its signs, and has another name without any: whoever writes that finds it too. */
const signed: ReadonlyMap<string, string> = new Map([
  ['c++', 'cpp'],
  ['c#', 'csharp'],
  ['f#', 'fsharp'],
])
/** What may stand between two words of one name: `left-pad`, `a.b.c`, `don't`. */
const joined = new RegExp(
  `(?<![${letters}])(?:c\\+\\+|[cf]#)(?![\\p{L}\\p{M}+#])|[${letters}]+(?:[-_.'’][${letters}]+)*`,
  'giu',
)
const piece = new RegExp(`[${unspaced}][${unspaced}\\p{M}]*|(?:(?![${unspaced}])[${letters}])+`, 'gu')
const isUnspaced = new RegExp(`^[${unspaced}]`, 'u')
const sign = /\P{M}\p{M}*/gu
/** `parseHttpHeader`, `XMLParser`: where the next word begins. */
const capital = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u

const longestWord = 64
/** Of a word so much is folded: marks are sorted, which takes the square of how many stand together (Unicode Standard, 3.11). */
const mostFolded = 16 * longestWord
const mostParts = 8

/** The words of a text, run by run, in their order. */
export function* splitText(text: string): Generator<TextRun> {
  for (const { 0: run, index } of text.matchAll(joined)) {
    const name = signed.get(run.toLowerCase())
    if (name !== undefined) {
      yield { words: [{ word: wordOf(name), start: index, end: index + run.length }] }
      continue
    }
    const words: TextWord[] = []
    let isPlain = true
    for (const { 0: part, index: at } of run.matchAll(piece)) {
      const start = index + at
      if (isUnspaced.test(part)) {
        isPlain = false
        words.push(...pairs(part, start))
      } else words.push(...camelParts(part, start))
    }
    const whole = isPlain && words.length > 1 && words.length <= mostParts ? wholeOf(run, index) : undefined
    yield { words, ...(whole !== undefined && { whole }) }
  }
}

function* camelParts(text: string, start: number): Generator<TextWord> {
  let at = start
  for (const part of text.split(capital)) {
    const word = wordOf(part)
    if (word !== '') yield { word, start: at, end: at + part.length }
    at += part.length
  }
}

/** Each sign with its next one; a sign that stands alone is a word. */
function* pairs(text: string, start: number): Generator<TextWord> {
  const signs = [...text.matchAll(sign)]
  for (const [at, { 0: one, index }] of signs.entries()) {
    const next = signs[at + 1]
    if (next === undefined && signs.length > 1) return
    const end = next === undefined ? index + one.length : next.index + next[0].length
    const word = unstemmed(text.slice(index, end))
    if (word !== '') yield { word, start: start + index, end: start + end }
  }
}

function wholeOf(run: string, start: number): TextWord | undefined {
  const word = wordOf(run)
  return word === '' ? undefined : { word, start, end: start + run.length }
}

/** One word, folded and stemmed (Porter, "An algorithm for suffix stripping", for English). */
export function wordOf(text: string): string {
  const word = unstemmed(text)
  return /^[a-z]{3,}$/.test(word) ? stemmer(word) : word
}

/** One word, folded, without what is neither letter nor number, and not endless. */
export function unstemmed(text: string): string {
  const folded = foldText(text.slice(0, mostFolded)).replace(/[^\p{L}\p{N}\p{M}]+/gu, '')
  return folded.length <= longestWord ? folded : [...folded].slice(0, longestWord).join('')
}
