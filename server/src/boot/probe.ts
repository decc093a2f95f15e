import { oldestUnsealed } from '../core/audit/unsealed-tail.ts'
import type { DiskSpace } from '../core/content/disk-space.ts'
import type { Core } from '../core/ledger/core.ts'
import { secrets, triedSecret } from '../core/ledger/tables.ts'
import { formatByteSize } from '../domain/byte-size.ts'
import { formatDuration } from '../domain/duration.ts'
import { BlobsError } from '../ports/blobs/errors.ts'
import type { JobCounts, Journal } from '../ports/journal/journal.ts'
import { insert, put } from '../ports/store/change.ts'
import { StoreError } from '../ports/store/errors.ts'
import { Trial, well } from './compose/trial.ts'
import type { Readiness } from './registry.ts'

export interface ProbeParts {
  readonly journal: Pick<Journal, 'counts'>
  readonly space: DiskSpace
  /** An entry of the audit log that is older is not sealed as it should be, ms. */
  readonly longestUnsealed: number
}

/**
 * Whether the parts do what pushes and pulls ask of them: a row is written, a file is written and removed, jobs are
 * counted, space is measured. What is late besides is a warning, and keeps nobody from pushing and pulling.
 */
export class Probe {
  readonly #store: Trial<void>
  readonly #blobs: Trial<void>
  readonly #journal: Trial<JobCounts>
  readonly #space: Trial<void>
  readonly #sealing: Trial<boolean>

  constructor(core: Core, { journal, space, longestUnsealed }: ProbeParts) {
    const describe = whatToDo
    this.#store = new Trial(core, { part: 'store', attempt: () => tryStore(core), describe })
    this.#blobs = new Trial(core, { part: 'blobs', attempt: () => tryBlobs(core), describe })
    this.#journal = new Trial(core, { part: 'journal', attempt: () => journal.counts(), describe })
    this.#space = new Trial(core, { part: 'space', attempt: () => trySpace(core, space), describe })
    const begunAt = core.clock.now()
    this.#sealing = new Trial(core, {
      part: 'audit',
      attempt: () => trySealing(core, { begunAt, longestUnsealed }),
      describe,
    })
  }

  async ready(): Promise<Omit<Readiness, 'search'>> {
    const [store, blobs, jobs, space, sealing] = await Promise.all([
      this.#store.look(),
      this.#blobs.look(),
      this.#journal.look(),
      this.#space.look(),
      this.#sealing.look(),
    ])
    const parts = { store: store.said, blobs: blobs.said, journal: jobs.said, space: space.said }
    return {
      ready: Object.values(parts).every((said) => said === well),
      parts,
      jobs: jobs.value ?? { ready: 0, running: 0, dead: 0 },
      ...(sealing.error instanceof Unsealed && { warnings: [sealing.said] }),
    }
  }
}

/**
 * Writes a row and a file. A process without the right to its data would answer pulls and try its jobs for ever; of all
 * else that is wrong `ready` tells, and it may pass.
 * @throws what such a process is told
 */
export async function requireRightToWrite(core: Core): Promise<void> {
  for (const tried of await Promise.allSettled([tryStore(core), tryBlobs(core)])) {
    if (tried.status === 'rejected' && faultOf(tried.reason) === 'denied') throw tried.reason
  }
}

/** By the way that every change goes: what is acknowledged here has reached the disk. */
async function tryStore(core: Core): Promise<void> {
  await core.ledger.keep(async () => {
    const row = await core.store.get(secrets, [triedSecret])
    const tried = { name: triedSecret, bytes: core.random.bytes(8) }
    return {
      value: undefined,
      changes: [row === undefined ? insert(secrets, tried) : put(secrets, tried, row.rev)],
    }
  })
}

async function tryBlobs(core: Core): Promise<void> {
  if (core.blobs.probe !== undefined) await core.blobs.probe()
  else await core.blobs.length(core.blobs.name())
}

async function trySpace(core: Core, space: DiskSpace): Promise<void> {
  const { free, short } = await space.measure()
  if (short) throw new TooLittle(free, core.limits.minFreeBytes)
}

/** What was left by the process before is not late as long as this one has not had the time for it. */
async function trySealing(
  { store, clock }: Core,
  { begunAt, longestUnsealed }: { readonly begunAt: number; readonly longestUnsealed: number },
): Promise<boolean> {
  const oldestAt = await oldestUnsealed(store).catch(unlessOfStore)
  if (oldestAt === undefined || clock.now() - Math.max(oldestAt, begunAt) <= longestUnsealed) return true
  throw new Unsealed(longestUnsealed)
}

/** That the store fails its own part tells. */
function unlessOfStore(error: unknown): undefined {
  if (!(error instanceof StoreError)) throw error
}

class Unsealed extends Error {
  constructor(longest: number) {
    super(
      `entries of the audit log wait for longer than ${formatDuration(longest)} to be sealed, so that changes of them would not be found: see what the log says of seal-audit; \`lading jobs\` lists what failed`,
    )
  }
}

class TooLittle extends Error {
  constructor(free: number, wanted: number) {
    super(
      `${formatByteSize(free)} are free and limits.minFreeBytes wants ${formatByteSize(wanted)}, so pushes are refused; pulls and deletions go on: ${remedies.full}`,
    )
  }
}

const remedies = {
  full: 'free some space (`lading gc` removes what nothing names), or give the registry a larger disk',
  denied:
    'give the data folder back to the user that Lading runs as, and look whether its file system is mounted for reading only',
} as const

/** In words that anyone may read: paths, and what the engine said, stand in the log. */
function whatToDo(error: unknown): string {
  if (error instanceof TooLittle || error instanceof Unsealed) return error.message
  switch (faultOf(error)) {
    case 'full':
      return `there is no space left: ${remedies.full}`
    case 'denied':
      return `it may not write: ${remedies.denied}`
    default:
      return 'it fails: the log says how'
  }
}

function faultOf(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof StoreError || current instanceof BlobsError) return current.kind
  }
  return undefined
}
