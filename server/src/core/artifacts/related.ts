import type { Artifact } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import { type Sight, wholeSight } from '../../domain/search.ts'
import type { Core } from '../ledger/core.ts'
import { artifactOf, termsOf } from './artifact-rows.ts'
import { requireArtifact } from './require-artifact.ts'
import { rowsInSight } from './rows-in-sight.ts'
import { type ArtifactRow, artifacts, edges, termCounts, terms } from './tables.ts'

/** Of each fact so many artifacts are looked at: those that were starred most, where an index knows. */
const lookedAt = 100
/** Of what an artifact needs, so much is looked at. */
const needsLookedAt = 20

/** Artifacts that have something in common, and how many do, as far as that is known. */
interface Fact {
  readonly artifacts: ReadonlySet<string>
  readonly count: number
}

/**
 * Public artifacts that share facts with one: topics and skills, its author among those of its kind, and what it needs, as
 * any of their versions does. Those come first that share most; what few have in common says more than what many have: a fact counts
 * `1 / log2(1 + artifacts that share it)`.
 * @param of whose, and what whoever asks may see
 * @throws RegistryError `artifact-unknown`: also where they may not see it
 */
export async function related(
  core: Core,
  { id, sight = wholeSight }: { readonly id: string; readonly sight?: Sight },
  limit: number,
): Promise<readonly Artifact[]> {
  const row = await requireArtifact(core, id)
  const [own] = await rowsInSight(core, sight, [row])
  if (own === undefined) throw new RegistryError('artifact-unknown', { artifact: id })
  const facts = [
    ...(await sharedTerms(core, row)),
    ...(await sharedAuthor(core, row)),
    ...(await sharedNeeds(core, row)),
  ]
  const scores = new Map<string, number>()
  for (const { artifacts: sharing, count } of facts) {
    const weight = 1 / Math.log2(1 + Math.max(2, count))
    for (const other of sharing) scores.set(other, (scores.get(other) ?? 0) + weight)
  }
  scores.delete(id)
  const best = [...scores].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  const found: Artifact[] = []
  for (let at = 0; at < best.length && found.length < limit; at += lookedAt) {
    const keys = best.slice(at, at + lookedAt).map(([other]) => [other])
    const rows = await core.store.getMany(artifacts, keys)
    const shown = rows.filter((row) => row !== undefined).filter(({ visibility }) => visibility === 'public')
    const seen = await rowsInSight(core, sight, shown)
    found.push(...seen.slice(0, limit - found.length).map(artifactOf))
  }
  return found
}

async function sharedTerms(core: Core, row: ArtifactRow): Promise<readonly Fact[]> {
  const own = termsOf(row)
  const counts = await core.store.getMany(
    termCounts,
    own.map(({ field, term }) => [field, term]),
  )
  const facts: Fact[] = []
  for (const [at, { field, term }] of own.entries()) {
    const query = { index: 'byTerm_stars', eq: [field, term, true], back: true, limit: lookedAt }
    const { rows } = await core.store.find(terms, query)
    facts.push({ artifacts: new Set(rows.map((one) => one.artifact)), count: counts[at]?.artifacts ?? 0 })
  }
  return facts
}

async function sharedAuthor(core: Core, { kind, author }: ArtifactRow): Promise<readonly Fact[]> {
  if (author === '') return []
  const query = { index: 'byAuthor_stars', eq: [true, kind, author], back: true, limit: lookedAt }
  const { rows } = await core.store.find(artifacts, query)
  return [{ artifacts: new Set(rows.map((one) => one.id)), count: rows.length }]
}

async function sharedNeeds(core: Core, { id, version }: ArtifactRow): Promise<readonly Fact[]> {
  const own = await core.store.find(edges, { index: 'key', eq: [id, version], limit: needsLookedAt })
  const facts: Fact[] = []
  for (const target of new Set(own.rows.map((edge) => edge.target))) {
    const { rows } = await core.store.find(edges, { index: 'byTarget', eq: [target], limit: lookedAt })
    const sharing = new Set(rows.map(({ artifact }) => artifact))
    facts.push({ artifacts: sharing, count: sharing.size })
  }
  return facts
}
