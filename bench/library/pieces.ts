import { type SeededArtifact, seededArtifact } from '../../server/src/core/seed/seeded-artifact.ts'
import { type SeedChoice, seedableKinds } from '../../server/src/core/seed/seeded-identity.ts'
import { pushedKinds } from '../../server/src/core/seed/seeded-push.ts'
import type { NewArtifact } from '../../server/src/library/index.ts'
import type { Piece } from './layers/layer.ts'
import { madeRows } from './made-rows.ts'

export const authoredKinds: readonly string[] = seedableKinds.filter((kind) => !pushedKinds.has(kind))

/** Artifacts that were not made before, with one published version each, and their rows. */
export async function newPieces(count: number): Promise<readonly Piece[]> {
  const choice: SeedChoice = {
    artifacts: count,
    seed: 1 + Math.floor(Math.random() * 2 ** 31),
    kinds: authoredKinds,
  }
  const mark = choice.seed.toString(36)
  const pieces: Piece[] = []
  for (let index = 0; index < count; index++) {
    const artifact = plain(seededArtifact(choice, index), mark)
    pieces.push({ given: givenOf(artifact), rows: await madeRows(choice, artifact) })
  }
  return pieces
}

/** Without what only some have, and what the library's `create` does not take. */
function plain(artifact: SeededArtifact, mark: string): SeededArtifact {
  const [first] = artifact.versions
  return {
    ...artifact,
    slug: `${artifact.slug}-${mark}`,
    visibility: 'public',
    versions: [{ ...first, document: undefined, published: true }],
    statistics: { downloads: 0, views: 0, stars: 0 },
  }
}

function givenOf({ kind, slug, metadata, versions: [first] }: SeededArtifact): NewArtifact {
  const { name, author, organization, topics, ...rest } = metadata
  const { description, authorEmail, license, repository, homepage, skills, keywords, custom } = rest
  const said = { description, author, authorEmail, organization, license, repository, homepage }
  const lists = { tags: topics, skills, keywords, custom }
  const given = Object.entries({ ...said, ...lists }).filter(([, value]) => value !== undefined)
  const told = { name, slug, version: first.version, ...Object.fromEntries(given) } as NewArtifact['metadata']
  return { type: kind, metadata: told, source: first.source, published: true }
}
