import type { Document } from 'mongodb'
import { compareText } from '../../../domain/compare-text.ts'
import { type SearchField, searchFields } from '../../../domain/search.ts'
import {
  clauseScorer,
  estimateOf,
  type FieldWords,
  mostPopularity,
  saturation,
  stepsOfUse,
} from '../../../domain/search-score.ts'
import {
  type Clause,
  type EngineHit,
  type EngineQuery,
  estimatedBy,
  type SearchDocument,
  searchBounds,
} from '../../../ports/search/search.ts'
import { holdsIn } from './clause-filter.ts'
import { docsIn, type IndexDocument } from './index-collections.ts'
import { isHead, nameHead, textsOf, wordsOf } from './index-document.ts'
import type { Asking } from './search-connection.ts'
import { sortedText } from './sortable-text.ts'

export interface Best {
  readonly generation: string
  /** What all hits hold. */
  readonly filter: Document
  /** So many are compared word by word. */
  readonly candidates: number
}

/**
 * The server puts them in order by an estimate, which goes by where words stand and how long that is; those of the best
 * chances are scored here, as everywhere. Behind them the others stand as they were estimated.
 */
export async function bestHits(
  asking: Asking,
  query: EngineQuery,
  best: Best,
): Promise<readonly EngineHit[]> {
  const { limit } = query
  // However many hits are asked for: whoever asks for more of them gets the same ones first.
  const comparedMost = Math.max(best.candidates, searchBounds.scored)
  const most = Math.max(comparedMost, limit)
  const docs = docsIn(asking.db, best.generation)
  const estimated = await docs
    .aggregate<{ _id: string; named?: number }>(estimating(query, best, most), {
      ...asking.options(),
      allowDiskUse: true,
      batchSize: most,
    })
    .toArray()
  const compared = estimated.slice(0, comparedMost).map(({ _id }) => _id)
  const found = await docs
    .find({ _id: { $in: compared } }, { ...asking.options(), batchSize: compared.length + 1 })
    .project<Pick<IndexDocument, '_id' | 'text' | 'weight'>>({ text: 1, weight: 1 })
    .toArray()
  const texts = new Map(found.map((one) => [one._id, one]))
  const scoreOf = scoring(query)
  return estimated
    .map(({ _id, named }, at) => {
      const one = texts.get(_id)
      const isNamed = named === 1
      // Less than any score, in the order of the estimate.
      if (one === undefined) return { id: sortedText(_id), isNamed, value: -at }
      const words = textsOf(one)
      return { id: sortedText(_id), isNamed, value: scoreOf(words, one.weight), words }
    })
    .sort(bestFirst)
    .slice(0, limit)
    .map(({ words, ...hit }, at) =>
      words !== undefined && at < searchBounds.scored ? { ...hit, words } : hit,
    )
}

function bestFirst(one: EngineHit & { value: number }, other: EngineHit & { value: number }): number {
  return (
    Number(other.isNamed) - Number(one.isNamed) || other.value - one.value || compareText(one.id, other.id)
  )
}

function scoring(query: EngineQuery): (words: SearchDocument['words'], weight: number) => number {
  const scoresOf = clauseScorer(estimatedBy(query))
  return (words, weight) => {
    const split = Object.fromEntries(
      searchFields.map((field) => [field, wordsOf(words[field])]),
    ) as unknown as FieldWords
    const said = scoresOf(split).reduce((sum, { score }) => sum + score, 0)
    return estimateOf(said, weight)
  }
}

/** Alternatives of a whole query that the estimate looks at; those of a clause that stand first say most. */
const estimatedAlternatives = 64

function estimating(query: EngineQuery, { filter }: Best, most: number): Document[] {
  const { names, atLeast } = query
  const clauses = estimatedBy(query)
  const each = Math.max(1, Math.floor(estimatedAlternatives / Math.max(1, clauses.length)))
  // Where all of them match, the source is looked through for nothing but what counts least.
  const fieldsOf = ({ fields = searchFields }: Clause): readonly SearchField[] =>
    atLeast < clauses.length ? fields : fields.filter(isHead)
  const sums = clauses.map((clause, at) => [`w${at}`, weightOf(clause, fieldsOf(clause), each)] as const)
  const isNamed = { $gt: [{ $size: { $setIntersection: ['$heads', names.map(nameHead)] } }, 0] }
  const named = names.length === 0 ? {} : { named: { $cond: [isNamed, 1, 0] } }
  const kept = names.length === 0 ? {} : { named: 1 }
  const popularity = { $min: [mostPopularity, { $multiply: ['$weight', mostPopularity / stepsOfUse] }] }
  const scores = clauses.map(({ rarity = 1 }, at) => ({
    $multiply: [rarity, { $divide: [`$w${at}`, { $add: [`$w${at}`, saturation] }] }],
  }))
  const chance =
    clauses.length === 0 ? '$weight' : { $multiply: [{ $add: scores }, { $add: [1, popularity] }] }
  return [
    { $match: filter },
    { $project: { weight: 1, ...named, ...Object.fromEntries(sums) } },
    { $project: { ...kept, chance } },
    { $sort: { ...(names.length > 0 && { named: -1 }), chance: -1, _id: 1 } },
    { $limit: most },
    { $project: { _id: 1, ...kept } },
  ]
}

function weightOf({ alternatives }: Clause, fields: readonly SearchField[], most: number): Document {
  const found = alternatives.slice(0, most).flatMap((alternative) =>
    alternative.words.length === 0
      ? []
      : fields.map((field) => ({
          $cond: [holdsIn(field, alternative), { $multiply: [`$boosts.${field}`, alternative.weight] }, 0],
        })),
  )
  return { $add: [0, ...found] }
}
