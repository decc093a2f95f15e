import { type SearchField, searchFields } from '../../../../domain/search.ts'
import { fieldShape, saturated } from '../../../../domain/search-score.ts'
import type { Alternative, Clause } from '../../../../ports/search/search.ts'
import { exactTerm } from './bounded-term.ts'
import { beginningQuery, phraseQuery } from './clause-query.ts'
import { anyOf, type Query } from './queries.ts'

/** Alternatives of a whole query that are scored, each in every field; those of a clause that stand first say most. */
const scoredAlternatives = 64
/** How much of a further alternative counts that holds too. */
const further = 0.3
/** More than any words score: a clause has less than 1 from each of five fields, times its rarity, which is less than 40. */
const namedBoost = 16_384

/** What makes a document come sooner. It is an estimate of the order: the best ones are scored anew by others. */
export function scoringQueries(clauses: readonly Clause[], names: readonly string[]): readonly Query[] {
  const most = Math.max(1, Math.floor(scoredAlternatives / Math.max(1, clauses.length)))
  const scores = clauses.flatMap((clause) => clauseScore(clause, most))
  if (names.length === 0) return scores
  const named = { terms: { names: names.map(exactTerm) } }
  return [...scores, { constant_score: { filter: named, boost: namedBoost, _name: namedQuery } }]
}

/** Of the hits that have one of the names. */
export const namedQuery = 'named'

function clauseScore(
  { alternatives, fields = searchFields, rarity = 1 }: Clause,
  most: number,
): readonly Query[] {
  const queries = alternatives
    .filter(({ words }) => words.length > 0)
    .slice(0, most)
    .map((alternative) => anyOf(fields.map((field) => fieldScore(field, alternative, rarity))))
  if (queries.length <= 1) return queries
  return [{ dis_max: { queries, tie_breaker: further } }]
}

function fieldScore(field: SearchField, alternative: Alternative, rarity: number): Query {
  const { words, prefix, weight } = alternative
  const path = `text.${field}`
  const boost = weight * rarity
  const [word = '', ...more] = words
  // How often what begins so follows takes long to find out: then what stands before it is what counts.
  if (prefix && more.length > 0)
    return fieldScore(field, { ...alternative, words: words.slice(0, -1), prefix: false }, rarity)
  if (more.length > 0) return phraseQuery(path, alternative, boost)
  if (prefix) {
    const usual = saturated(fieldShape[field].weight)
    return { constant_score: { filter: beginningQuery(path, word), boost: boost * usual } }
  }
  return { term: { [path]: { value: exactTerm(word), boost } } }
}
