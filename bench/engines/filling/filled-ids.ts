import { seededArtifact } from '../../../server/src/core/seed/seeded-artifact.ts'
import type { SeedChoice } from '../../../server/src/core/seed/seeded-identity.ts'
import { seededIds } from '../../../server/src/core/seed/seeded-ids.ts'
import { authoredKinds } from '../../library/pieces.ts'
import { filledSeed } from '../../library/task.ts'

/** Read in turn: more than caches of single rows have, and all of them in memory soon. */
const differentOnes = 2_000

/** Of the artifacts that a database is filled with: of those kinds whose rows can all be made without a push. */
export function filledChoice(artifacts: number): SeedChoice {
  return { artifacts, seed: filledSeed, kinds: authoredKinds }
}

/** At places spread evenly over all of them. */
export function filledIds(artifacts: number): readonly string[] {
  const choice = filledChoice(artifacts)
  const count = Math.min(artifacts, differentOnes)
  return Array.from({ length: count }, (_, at) => {
    const index = Math.floor((at * artifacts) / count)
    return seededIds(choice, index, seededArtifact(choice, index).versions[0].at).artifact
  })
}
