import { setImmediate } from 'node:timers/promises'
import { RegistryError } from '../../domain/error.ts'
import type { Caller } from '../ledger/caller.ts'
import { EntryIds } from '../ledger/entry-ids.ts'
import type { Progress } from '../ledger/progress.ts'
import { makeSeeded, type Seeding } from './make-seeded.ts'
import type { RowSink } from './row-sink.ts'
import { type SeededArtifact, seededArtifact } from './seeded-artifact.ts'
import { mostArtifacts, type SeedChoice, seedableKinds } from './seeded-identity.ts'
import { pushedKinds } from './seeded-push.ts'
import { seededRows } from './seeded-rows.ts'
import { SeededSums } from './seeded-sums.ts'

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
  return await makeAll(choice, caller, progress, (artifact) => makeSeeded(seeding, caller, choice, artifact))
}

/**
 * The same into a registry that is new, and that nobody else has: its rows go to where many of them go at once.
 * @throws as `seed`
 */
export async function seedNew(
  seeding: Seeding,
  sink: RowSink,
  caller: Caller,
  { options, progress }: { readonly options: SeedOptions; readonly progress: Progress },
): Promise<SeedReport> {
  const choice = checkedChoice(options)
  const { core, immutable } = seeding.authoring
  const sums = new SeededSums()
  const entryIds = new EntryIds(core.random)
  const report = await makeAll(choice, caller, progress, async (artifact) => {
    if (pushedKinds.has(artifact.kind)) return await makeSeeded(seeding, caller, choice, artifact)
    await seededRows({ core, caller, choice, sink, sums, immutable, entryIds }, artifact)
    return artifact.versions.length
  })
  await sums.keep(core)
  return report
}

/** `make`: answers how many versions it has made; 0 where the artifact was there already. */
async function makeAll(
  choice: SeedChoice,
  { signal }: Caller,
  progress: Progress,
  make: (artifact: SeededArtifact) => Promise<number>,
): Promise<SeedReport> {
  const counts = { artifacts: 0, versions: 0, present: 0 }
  const kinds: Record<string, number> = {}
  let next = 0
  const work = async (): Promise<void> => {
    while (next < choice.artifacts) {
      signal.throwIfAborted()
      const artifact = seededArtifact(choice, next++)
      const made = await make(artifact)
      counts.versions += made
      if (made === 0) counts.present++
      else {
        counts.artifacts++
        kinds[artifact.kind] = (kinds[artifact.kind] ?? 0) + 1
      }
      const done = counts.artifacts + counts.present
      progress({ phase: 'making artifacts', done, of: choice.artifacts, unit: 'rows' })
      // Where all of it is done without waiting, others are to be heard all the same.
      if (done % heardEvery === 0) await setImmediate()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { ...counts, kinds }
}

/** Artifacts, of which some hundred thousand are made in a minute. */
const heardEvery = 256

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
