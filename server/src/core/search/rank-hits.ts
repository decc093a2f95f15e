import { compareText } from '../../domain/compare-text.ts'
import { type SearchField, searchFields } from '../../domain/search.ts'
import { type ClauseScore, clauseScorer, type FieldWords, popularityOf } from '../../domain/search-score.ts'
import type { EngineAnswer, EngineHit } from '../../ports/search/search.ts'
import type { WantedClause } from './clauses.ts'
import type { FoundRow } from './found-row.ts'

/** How much more what is of today counts than what is old. */
const freshnessAdds = 0.05
/** After so long what is new counts half as new. */
const freshnessHalfLife = 180 * 86_400_000

export interface RankedHit {
  readonly row: FoundRow
  readonly isNamed: boolean
  readonly score: number
  readonly clauses: readonly ClauseScore[]
  readonly popularity: number
  readonly freshness: number
}

export interface Ranking {
  readonly rows: ReadonlyMap<string, FoundRow>
  readonly times: ReadonlyMap<string, number>
  readonly boosts: boolean
  readonly now: number
  /** Awaited between two hits. */
  readonly turn: () => Promise<void>
}

/**
 * Hits in the order of their scores, the same whatever engine has found them. Who has the name that was asked for comes first.
 * @param rows of the hits, as they are now
 * @param times when those were changed last for which it is not the time of their row, ms
 * @param boosts whether use and age count
 */
export async function rankHits(
  { hits }: EngineAnswer,
  wanted: readonly WantedClause[],
  { rows, times, boosts, now, turn }: Ranking,
): Promise<readonly RankedHit[]> {
  const scoresOf = clauseScorer(wanted)
  const ranked: RankedHit[] = []
  for (const hit of hits) {
    await turn()
    const row = rows.get(hit.id)
    if (row === undefined) continue
    const scores = scoresOf(fieldsOf(hit))
    const popularity = boosts ? popularityOf(usedBy(row)) : 0
    const age = Math.max(0, now - (times.get(row.id) ?? row.updatedAt))
    const freshness = boosts ? freshnessAdds * 2 ** (-age / freshnessHalfLife) : 0
    const said = wanted.length === 0 ? 1 : scores.reduce((sum, { score }) => sum + score, 0)
    ranked.push({
      row,
      isNamed: hit.isNamed,
      score: said * (1 + popularity + freshness),
      clauses: scores,
      popularity,
      freshness,
    })
  }
  return ranked.sort(
    (one, other) =>
      Number(other.isNamed) - Number(one.isNamed) ||
      other.score - one.score ||
      compareText(one.row.id, other.row.id),
  )
}

const usedBy = ({ downloads, stars }: FoundRow): number => Math.log10(1 + downloads + 10 * stars)

function fieldsOf({ words }: EngineHit): FieldWords {
  const split = (field: SearchField): readonly string[] => words?.[field]?.split(' ') ?? []
  return Object.fromEntries(searchFields.map((field) => [field, split(field)])) as Record<
    SearchField,
    readonly string[]
  >
}
