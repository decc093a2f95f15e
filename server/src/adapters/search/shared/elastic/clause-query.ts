import type { Alternative, Clause } from '../../../../ports/search/search.ts'
import { cutBeginning, cutTerm, exactTerm } from './bounded-term.ts'
import { anyOf, oneOfTerms, type Query } from './queries.ts'

/**
 * The servers stop at 1,024 parts of a query, however deep they lie. So words are one part, however many they are, and
 * beginnings are from this number on.
 */
const separateBeginnings = 3
/** Words that a beginning after other words may stand for: all of them. */
const expansions = 10_000_000

/** What a clause finds. What it finds counts nothing: for that see `clauseScore`. */
export function clauseQuery({ alternatives, fields }: Clause): Query {
  const paths = fields === undefined ? ['text.all'] : fields.map((field) => `text.${field}`)
  return anyOf(paths.flatMap((path) => alternativesIn(path, alternatives)))
}

/** What finds words that follow each other, the last one whole or begun. */
export function phraseQuery(path: string, { words, prefix }: Alternative, boost?: number): Query {
  const last = words.length - 1
  const query = words.map((word, at) => (prefix && at === last ? cutTerm(word) : exactTerm(word))).join(' ')
  const counts = boost === undefined ? {} : { boost }
  return prefix
    ? { match_phrase_prefix: { [path]: { query, max_expansions: expansions, ...counts } } }
    : { match_phrase: { [path]: { query, ...counts } } }
}

export function beginningQuery(path: string, word: string): Query {
  return { prefix: { [path]: { value: cutBeginning(word) } } }
}

function alternativesIn(path: string, alternatives: readonly Alternative[]): readonly Query[] {
  const words = new Set<string>()
  const beginnings = new Set<string>()
  const phrases: Query[] = []
  for (const alternative of alternatives) {
    const [word, ...more] = alternative.words
    if (word === undefined) continue
    if (more.length > 0) phrases.push(phraseQuery(path, alternative))
    else if (alternative.prefix) beginnings.add(word)
    else words.add(exactTerm(word))
  }
  return [
    ...(words.size > 0 ? [oneOfTerms(path, [...words])] : []),
    ...beginningsIn(path, [...beginnings]),
    ...phrases,
  ]
}

function beginningsIn(path: string, beginnings: readonly string[]): readonly Query[] {
  if (beginnings.length <= separateBeginnings) return beginnings.map((word) => beginningQuery(path, word))
  const pattern = `(${beginnings.map(cutBeginning).map(literal).join('|')}).*`
  return [{ regexp: { [path]: { value: pattern, flags: 'NONE' } } }]
}

/** A word has nothing that means something in a pattern; should one have it, it stands for itself. */
const literal = (word: string): string => word.replace(/[^\p{L}\p{N}]/gu, '\\$&')
