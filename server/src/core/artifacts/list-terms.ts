import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { termCounts } from './tables.ts'

/** A topic or a skill, and how many artifacts have it that were not deleted. */
export interface CountedTerm {
  readonly term: string
  readonly artifacts: number
}

/** In the order of their names; at most `limit`, those that most artifacts have where there are more. */
export async function listTerms(
  core: Core,
  field: 'topic' | 'skill',
  limit: number,
): Promise<readonly CountedTerm[]> {
  const found: CountedTerm[] = []
  for await (const { term, artifacts } of eachRow(core.store, termCounts, { eq: [field] })) {
    if (artifacts === 0) continue
    found.push({ term, artifacts })
    if (found.length >= 2 * limit) found.sort(mostFirst).splice(limit)
  }
  if (found.length > limit) found.sort(mostFirst).splice(limit)
  return found.sort(byName)
}

const byName = (one: CountedTerm, other: CountedTerm): number =>
  one.term < other.term ? -1 : Number(one.term > other.term)
const mostFirst = (one: CountedTerm, other: CountedTerm): number =>
  other.artifacts - one.artifacts || byName(one, other)
