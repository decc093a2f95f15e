import { type ArtifactId, newArtifactId } from '../../domain/artifact-id.ts'
import type { Random } from '../../ports/random/random.ts'
import { Chance } from './chance.ts'
import type { SeedChoice } from './seeded-identity.ts'

/** What an artifact and its repository are known by within the registry. */
export interface SeededIds {
  readonly artifact: ArtifactId
  readonly repository: string
}

/**
 * Ids that spread over all that there can be, as chance would spread them, and ascend with the artifacts: rows that are made
 * one after another then stand one behind another.
 * @param createdAt of the first version
 */
export function seededIds(choice: SeedChoice, index: number, createdAt: number): SeededIds {
  return {
    artifact: newArtifactId(createdAt, idBytes(choice, index)),
    repository: repositoryId(choice, index),
  }
}

/** Chance by which the use case that makes an artifact comes to these. */
export function seededRandom(choice: SeedChoice, index: number): Random {
  const chance = new Chance('other', choice.seed, choice.artifacts, index)
  return {
    bytes: () => idBytes(choice, index),
    uuid: () => repositoryId(choice, index),
    int: (below) => chance.int(below),
  }
}

function idBytes({ seed, artifacts }: SeedChoice, index: number): Uint8Array {
  return new Chance('artifact', seed, artifacts, index).bytes(10)
}

/** RFC 9562 version 4. */
function repositoryId({ seed, artifacts }: SeedChoice, index: number): string {
  const chance = new Chance('repository', seed, artifacts, index)
  const first = Math.floor(((index + chance.share()) / artifacts) * 2 ** 32)
  const rest = Buffer.from(chance.bytes(12))
  rest[2] = ((rest[2] ?? 0) & 0x0f) | 0x40
  rest[4] = ((rest[4] ?? 0) & 0x3f) | 0x80
  const hex = rest.toString('hex')
  const parts = [hex.slice(0, 4), hex.slice(4, 8), hex.slice(8, 12), hex.slice(12)]
  return [first.toString(16).padStart(8, '0'), ...parts].join('-')
}
