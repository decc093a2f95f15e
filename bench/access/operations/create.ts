import type { Caller } from '../../../server/src/core/ledger/caller.ts'
import { makeSeeded } from '../../../server/src/core/seed/make-seeded.ts'
import { type SeededArtifact, seededArtifact } from '../../../server/src/core/seed/seeded-artifact.ts'
import type { SeedChoice } from '../../../server/src/core/seed/seeded-identity.ts'
import { createAll } from '../../library/operations/create.ts'
import { authoredKinds } from '../../library/pieces.ts'
import type { Task } from '../task.ts'
import { openRegistry } from './open-registry.ts'

const caller: Caller = {
  principal: { kind: 'user', name: 'bench' },
  requestId: 'bench',
  address: '192.0.2.1',
  signal: new AbortController().signal,
}

/** What every artifact has: one published version, and nobody has used it. */
function plain(artifact: SeededArtifact): SeededArtifact {
  const [first] = artifact.versions
  return {
    ...artifact,
    visibility: 'public',
    versions: [{ ...first, published: true }],
    statistics: { downloads: 0, views: 0, stars: 0 },
  }
}

export async function measureCreate(
  task: Extract<Task, { do: 'create' }>,
): Promise<Readonly<Record<string, number>>> {
  const choice: SeedChoice = { artifacts: task.pieces, seed: 1, kinds: authoredKinds }
  await using opened = await openRegistry(task.folder, task.audited)
  const { core, registry, immutableTags } = opened.composed
  const seeding = { authoring: { core, immutable: immutableTags }, ...registry }
  const pieces = Array.from({ length: task.pieces }, (_, index) => plain(seededArtifact(choice, index)))
  const create = async (artifact: SeededArtifact): Promise<string> => {
    if ((await makeSeeded(seeding, caller, choice, artifact)) !== 1)
      throw new Error(`${artifact.slug} was there already`)
    return artifact.slug
  }
  return { ...(await createAll({ create: (piece) => create(piece as never) }, pieces as never, task)) }
}
