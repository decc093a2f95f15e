import type { Core } from '../ledger/core.ts'
import { lookAtDependencies } from './look-at-dependencies.ts'
import { lookAtDependents } from './look-at-dependents.ts'
import { nameOf } from './read-version.ts'
import type { ArtifactRow } from './tables.ts'
import { type Bounds, type Place, type Step, type Walked, type WalkLimits, walk } from './walk.ts'

export type { Step, Walked, WalkLimits }

/**
 * What a version needs, and what that needs: breadth first, each version once, at its smallest depth. A range stands for the
 * highest published version within it that was not yanked. What is reached with two ranges that stand for two versions is
 * there twice. Ends within `limits.scanTime`.
 * @throws RegistryError `too-large`: one of them has more than `limits.versionsListed`
 */
export async function dependenciesOf(
  core: Core,
  artifact: ArtifactRow,
  version: string,
  limits: WalkLimits,
): Promise<Walked> {
  const name = nameOf(artifact)
  const first: Place = { key: `${name}@${version}`, name, artifact, version }
  const bounds = boundsOf(core, limits)
  return await walk(first, lookAtDependencies(core, bounds), bounds, (from, to) => [from, to])
}

/**
 * Who needs an artifact, and who needs those: breadth first, each once, at its smallest depth. What counts is the version at
 * which each of them stands; what only earlier versions or drafts of later ones needed does not.
 */
export async function dependentsOf(core: Core, artifact: ArtifactRow, limits: WalkLimits): Promise<Walked> {
  const first: Place = { key: artifact.id, name: nameOf(artifact), artifact, version: artifact.version }
  const bounds = boundsOf(core, limits)
  return await walk(first, lookAtDependents(core, bounds), bounds, (from, to) => [to, from])
}

function boundsOf(core: Core, limits: WalkLimits): Bounds {
  const until = core.clock.monotonic() + core.limits.scanTime
  return { ...limits, isOver: () => core.clock.monotonic() > until }
}
