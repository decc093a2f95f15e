import { type SearchField, searchFields } from '../../../../domain/search.ts'
import { fieldShape } from '../../../../domain/search-score.ts'
import type { Alternative, Clause } from '../../../../ports/search/search.ts'
import { exactTerm } from './bounded-term.ts'
import { beginningQuery, phraseQuery } from './clause-query.ts'
import { anyOf, type Query } from './queries.ts'

/** Alternatives of a whole query that are scored, each in every field; those of a clause that stand first say most. */
const scoredAlternatives = 96
/** How much of a further alternative counts that holds too. */
const further = 0.3
/** More than any words score: a clause has 16 from the rarest word in one field of weight 1, 7.6 as much from all fields. */
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

function clauseScore({ alternatives, fields = searchFields }: Clause, most: number): readonly Query[] {
  const queries = alternatives
    .filter(({ words }) => words.length > 0)
    .slice(0, most)
    .map((alternative) => anyOf(fields.map((field) => fieldScore(field, alternative))))
  if (queries.length <= 1) return queries
  return [{ dis_max: { queries, tie_breaker: further } }]
}

function fieldScore(field: SearchField, alternative: Alternative): Query {
  const { words, prefix, weight } = alternative
  const path = `text.${field}`
  const boost = fieldShape[field].weight * weight
  const [word = '', ...more] = words
  if (more.length > 0) return phraseQuery(path, alternative, boost)
  // How rare what begins so is nobody knows before it was counted.
  if (prefix) return { constant_score: { filter: beginningQuery(path, word), boost } }
  return { term: { [path]: { value: exactTerm(word), boost } } }
}
