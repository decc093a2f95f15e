import { type ArtifactId, ArtifactIds } from '../../domain/artifact-id.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import type { Random } from '../../ports/random/random.ts'
import { Chance } from './chance.ts'
import type { SeedChoice } from './seeded-identity.ts'

/** What an artifact and its repository are known by within the registry. */
export interface SeededIds {
  readonly artifact: ArtifactId
  readonly repository: string
}

/** @param createdAt of the first version */
export function seededIds(choice: SeedChoice, index: number, createdAt: number): SeededIds {
  return {
    artifact: new ArtifactIds().next(createdAt, idBytes(choice, index)),
    repository: timeOrderedId(createdAt, chanceUuid(choice, index)),
  }
}

/** Chance by which the use case that makes an artifact comes to these. */
export function seededRandom(choice: SeedChoice, index: number): Random {
  const chance = new Chance('other', choice.seed, choice.artifacts, index)
  return {
    bytes: () => idBytes(choice, index),
    uuid: () => chanceUuid(choice, index),
    int: (below) => chance.int(below),
  }
}

function idBytes({ seed, artifacts }: SeedChoice, index: number): Uint8Array {
  return new Chance('artifact', seed, artifacts, index).bytes(10)
}

/** RFC 9562 version 4. */
function chanceUuid({ seed, artifacts }: SeedChoice, index: number): string {
  const bytes = Buffer.from(new Chance('repository', seed, artifacts, index).bytes(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return parts.join('-')
}
