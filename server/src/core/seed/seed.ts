import { RegistryError } from '../../domain/error.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Progress } from '../ledger/progress.ts'
import { makeSeeded, type Seeding } from './make-seeded.ts'
import { seededArtifact } from './seeded-artifact.ts'
import { mostArtifacts, type SeedChoice, seedableKinds } from './seeded-identity.ts'

/** What an operator asks for. */
export interface SeedOptions {
  readonly artifacts: number
  /** Another one is other content. */
  readonly seed: number
  /** All that can be made, where none is named. */
  readonly kinds: readonly string[]
}

export interface SeedReport {
  /** That were made. */
  readonly artifacts: number
  readonly versions: number
  /** Whose names were taken already, by an earlier run or by anybody: they are as they were. */
  readonly present: number
  /** Of those that were made. */
  readonly kinds: Readonly<Record<string, number>>
}

/** Changes that wait for one flush of the disk together. */
const atOnce = 16

/**
 * Fills a registry with content that looks like people's: the same for the same options, byte for byte. Made by the use
 * cases that people's own goes through.
 * @throws RegistryError `parameter-invalid`, and all that these throw
 */
export async function seed(
  seeding: Seeding,
  caller: Caller,
  options: SeedOptions,
  progress: Progress,
): Promise<SeedReport> {
  const choice = checkedChoice(options)
  const counts = { artifacts: 0, versions: 0, present: 0 }
  const kinds: Record<string, number> = {}
  let next = 0
  const work = async (): Promise<void> => {
    while (next < choice.artifacts) {
      caller.signal.throwIfAborted()
      const artifact = seededArtifact(choice, next++)
      const made = await makeSeeded(seeding, caller, choice, artifact)
      counts.versions += made
      if (made === 0) counts.present++
      else {
        counts.artifacts++
        kinds[artifact.kind] = (kinds[artifact.kind] ?? 0) + 1
      }
      const done = counts.artifacts + counts.present
      progress({ phase: 'making artifacts', done, of: choice.artifacts, unit: 'rows' })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { ...counts, kinds }
}

/** @throws RegistryError `parameter-invalid` */
function checkedChoice({ artifacts, seed, kinds }: SeedOptions): SeedChoice {
  requireNumber('artifacts', artifacts, mostArtifacts)
  requireNumber('seed', seed, 2 ** 32 - 1)
  const unknown = kinds.find((kind) => !seedableKinds.includes(kind))
  if (unknown !== undefined)
    throw invalid('kinds', `${unknown} is none of those that can be made: ${seedableKinds.join(', ')}`)
  const chosen = seedableKinds.filter((kind) => kinds.length === 0 || kinds.includes(kind))
  return { artifacts, seed, kinds: chosen }
}

function requireNumber(parameter: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return
  throw invalid(parameter, `it is no whole number from 0 to ${most}`)
}

function invalid(parameter: string, reason: string): RegistryError {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
