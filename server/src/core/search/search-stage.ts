import {
  type EngineAnswer,
  type EngineQuery,
  type SearchEngine,
  searchBounds,
} from '../../ports/search/search.ts'
import type { WantedClause } from './clauses.ts'
import type { SearchPlan } from './plan-search.ts'
import { type Rated, ratedClauses } from './rate.ts'
import { relaxedClauses } from './relax.ts'
import type { SearchCursor } from './search-cursor.ts'
import type { Relaxed } from './search-request.ts'
import { someWords } from './some-words.ts'

/** Fewer hits than that are few: near spellings are looked for too, and then artifacts that have only some of the words. */
const enough = 10
/** Words that so many times as many have are taken too where those found few. */
const moreEachTime = 16

/** What was asked of an engine, and what it said. */
export interface SearchStage {
  readonly relaxed: Relaxed
  readonly clauses: readonly WantedClause[]
  readonly answer: EngineAnswer
}

/** What is asked, and whom. */
export interface StageQuestion {
  readonly engine: SearchEngine
  readonly signal: AbortSignal
  readonly plan: SearchPlan
  readonly query: EngineQuery
  readonly cursor: SearchCursor | undefined
}

/** As it was asked; and where that finds few, as it may have been meant. Later pages go on as the first one was. */
export async function stageOf({ engine, signal, plan, query, cursor }: StageQuestion): Promise<SearchStage> {
  const until = cursor?.relaxed
  let stage: SearchStage | undefined
  if (until === undefined || until === 'none') {
    stage = { relaxed: 'none', clauses: plan.clauses, answer: await engine.query(query, signal) }
    const isFound = stage.answer.total >= enough || stage.answer.hits.some(({ isNamed }) => isNamed)
    if (isFound || until !== undefined || plan.clauses.length === 0) return stage
  }
  const relaxation = await relaxedClauses(engine, query, plan.clauses, signal)
  const { clauses } = relaxation
  // Whether there are near spellings is no matter of the answer: others may have them where the asker sees none.
  if ((clauses !== plan.clauses || until === 'typos') && until !== 'any') {
    const near: SearchStage = {
      relaxed: 'typos',
      clauses,
      answer: await engine.query({ ...query, clauses }, signal),
    }
    if (until === 'typos' || near.answer.total > (stage?.answer.total ?? 0)) stage = near
    if (until === 'typos' || near.answer.total >= enough) return near
  }
  const canBeLess = clauses.length > 1 && query.sort === 'relevance'
  if (stage !== undefined && !canBeLess) return stage
  const rated = await ratedClauses(engine, query, relaxation, signal)
  const any = await answerToSome(engine, query, rated, signal)
  if (stage !== undefined && any.total <= stage.answer.total) return stage
  return { relaxed: 'any', clauses: rated.clauses, answer: any }
}

/** By the rarest of the words; where a filter leaves few of what has them, by more of the words. */
async function answerToSome(
  engine: SearchEngine,
  query: EngineQuery,
  rated: Rated,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  let most: number = searchBounds.scored
  let some = someWords(rated, most)
  for (;;) {
    const answer = await engine.query({ ...query, ...some }, signal)
    if (answer.total >= enough || some.further.length === 0) return answer
    const { length } = some.further
    // The same words once more would find the same.
    while (some.further.length === length) {
      most *= moreEachTime
      some = someWords(rated, most)
    }
  }
}
