import { type SearchField, searchFields } from '../../../domain/search.ts'
import type { SearchDocument } from '../../../ports/search/search.ts'
import { hashOf } from './hash-of.ts'

/** Stands before a word of the field. The source has too many words for a second set of them. */
export const fieldMarks: Readonly<Record<Exclude<SearchField, 'source'>, string>> = {
  name: '.',
  title: '/',
  description: '-',
  topics: '+',
}
/** Stands before a name. */
const nameMark = '='
/** A document with more words than are indexed has this: any word may be one of those that are not. */
export const longMark = '!'
/** No document has it. */
export const nothing = '?'

/** PostgreSQL bounds the bytes of one lexeme at 2 KiB, and those of a row at 1 MiB: see `SearchLimits.lexemeBytes`. */
const longestLexeme = 256
const keptOfLonger = 190
const bytesBeside = 8

/** A word as it is indexed: long ones by their beginning and a hash. */
export function lexemeOf(word: string): string {
  if (word.length * 3 <= longestLexeme || Buffer.byteLength(word) <= longestLexeme) return word
  return `${beginningOf(word)}#${hashOf(word)}`
}

/** As much of the beginning of a word as every lexeme of such words begins with. */
export function beginningOf(prefix: string): string {
  if (Buffer.byteLength(prefix) <= keptOfLonger) return prefix
  let kept = ''
  let bytes = 0
  for (const letter of prefix) {
    bytes += Buffer.byteLength(letter)
    if (bytes > keptOfLonger) break
    kept += letter
  }
  return kept
}

export const nameLexeme = (name: string): string => nameMark + lexemeOf(name)

export const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(' '))

/** Every word once, as it is indexed. */
export function vocabularyOf(words: SearchDocument['words']): ReadonlySet<string> {
  return new Set(searchFields.flatMap((field) => wordsOf(words[field])).map(lexemeOf))
}

/** All that a document is found by, up to so many bytes of it. */
export function lexemesOf(
  { names, words }: Pick<SearchDocument, 'names' | 'words'>,
  mostBytes: number,
): {
  readonly lexemes: readonly string[]
  readonly isLong: boolean
} {
  const all = new Set(names.map(nameLexeme))
  for (const field of searchFields)
    for (const word of wordsOf(words[field])) {
      const lexeme = lexemeOf(word)
      all.add(lexeme)
      if (field !== 'source') all.add(fieldMarks[field] + lexeme)
    }
  let bytes = 0
  const lexemes: string[] = []
  for (const lexeme of all) {
    bytes += Buffer.byteLength(lexeme) + bytesBeside
    if (bytes > mostBytes) return { lexemes: [...lexemes, longMark], isLong: true }
    lexemes.push(lexeme)
  }
  return { lexemes, isLong: false }
}

/** An operand of a tsquery. */
export const operand = (lexeme: string, prefix = false): string =>
  `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'${prefix ? ':*' : ''}`

/** As PostgreSQL writes a list of texts. */
export const arrayOf = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`
