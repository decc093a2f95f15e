import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { eachFound } from './find-artifacts.ts'
import type { Sees } from './sees.ts'
import { termCounts } from './tables.ts'

/** A topic or a skill, and how many artifacts have it that were not deleted. */
export interface CountedTerm {
  readonly term: string
  readonly artifacts: number
}

/** Artifacts that are read at a time. */
const countedTogether = 250

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

/**
 * The same of what somebody may know of. It is counted anew, within `limits.scanTime`.
 * @throws RegistryError `scan-timeout`
 */
export async function listTermsSeen(
  core: Core,
  field: 'topic' | 'skill',
  { limit, sees, kinds }: { readonly limit: number; readonly sees: Sees; readonly kinds: readonly string[] },
): Promise<readonly CountedTerm[]> {
  const counts = new Map<string, number>()
  const query = { filter: { sees }, order: 'createdAt', back: false } as const
  for await (const { artifact } of eachFound(core, kinds, query, countedTogether)) {
    const terms = field === 'topic' ? artifact.topics : artifact.skills.map(({ name }) => name)
    for (const term of new Set(terms)) counts.set(term, (counts.get(term) ?? 0) + 1)
  }
  const found = Array.from(counts, ([term, artifacts]) => ({ term, artifacts }))
  return found.sort(mostFirst).slice(0, limit).sort(byName)
}

const byName = (one: CountedTerm, other: CountedTerm): number =>
  one.term < other.term ? -1 : Number(one.term > other.term)
const mostFirst = (one: CountedTerm, other: CountedTerm): number =>
  other.artifacts - one.artifacts || byName(one, other)
