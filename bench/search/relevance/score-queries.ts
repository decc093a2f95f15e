import { ndcg, ndcgDepth, recall, recallDepth } from './measure.ts'
import type { Query } from './queries.ts'
import type { Ranker } from './ranker.ts'

export interface QueryScore {
  readonly query: Query
  /** The fifty names that were asked for, or fewer; the best first. */
  readonly answer: readonly string[]
  readonly ndcg: number
  readonly recall: number
  /** Names among the first ten that nobody has judged, and that count as 0: many of them, and the grades are unfair. */
  readonly unjudged: readonly string[]
}

/** In the order of the queries. One without an answer counts as 0; one that fails is an error, and is thrown. */
export async function scoreQueries(
  rank: Ranker,
  queries: readonly Query[],
  judgedZero: ReadonlyMap<string, readonly string[]>,
): Promise<readonly QueryScore[]> {
  const scores: QueryScore[] = []
  for (const query of queries) {
    const answer = await rank(query, recallDepth)
    const zero = new Set(judgedZero.get(query.id))
    scores.push({
      query,
      answer,
      ndcg: ndcg(answer, query.grades),
      recall: recall(answer, query.grades),
      unjudged: answer
        .slice(0, ndcgDepth)
        .filter((name) => !Object.hasOwn(query.grades, name) && !zero.has(name)),
    })
  }
  return scores
}
