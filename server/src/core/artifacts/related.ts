import type { Artifact } from '../../domain/artifact.ts'
import type { Core } from '../ledger/core.ts'
import { artifactOf, termsOf } from './artifact-rows.ts'
import { requireArtifact } from './require-artifact.ts'
import { artifacts, termCounts, terms } from './tables.ts'

/** Of each topic and skill so many artifacts are looked at: those that were starred most. */
const lookedAt = 100

/**
 * Public artifacts that share topics and skills with one, those first that share most. What few have in common says more
 * than what many have: a term counts `1 / log2(1 + artifacts that have it)`.
 * @throws RegistryError `artifact-unknown`
 */
export async function related(core: Core, id: string, limit: number): Promise<readonly Artifact[]> {
  const own = termsOf(await requireArtifact(core, id))
  const counts = await core.store.getMany(
    termCounts,
    own.map(({ field, term }) => [field, term]),
  )
  const scores = new Map<string, number>()
  for (const [at, { field, term }] of own.entries()) {
    const query = { index: 'byTerm_stars', eq: [field, term, true], back: true, limit: lookedAt }
    const weight = 1 / Math.log2(1 + Math.max(2, counts[at]?.artifacts ?? 2))
    for (const { artifact } of (await core.store.find(terms, query)).rows)
      scores.set(artifact, (scores.get(artifact) ?? 0) + weight)
  }
  scores.delete(id)
  const best = [...scores].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  const found: Artifact[] = []
  for (let at = 0; at < best.length && found.length < limit; at += lookedAt) {
    const keys = best.slice(at, at + lookedAt).map(([other]) => [other])
    for (const row of await core.store.getMany(artifacts, keys))
      if (row?.live && row.visibility === 'public' && found.length < limit) found.push(artifactOf(row))
  }
  return found
}
