import { openMemoryBlobs } from '../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryCache } from '../../src/adapters/cache/memory/open-memory-cache.ts'
import { StoreJournal } from '../../src/adapters/journal/store/store-journal.ts'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import { type Composed, compose } from '../../src/boot/compose.ts'
import { schema } from '../../src/boot/schema.ts'
import { defaultLimits, type Limits } from '../../src/core/ledger/limits.ts'
import type { Digest } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { parseRepositoryName, type RepositoryName } from '../../src/domain/repository-name.ts'
import { jobHandlers } from '../../src/jobs/handlers.ts'
import type { Blobs } from '../../src/ports/blobs/blobs.ts'
import type { Clock } from '../../src/ports/clock/clock.ts'
import type { Store } from '../../src/ports/store/store.ts'
import type { Telemetry } from '../../src/ports/telemetry/telemetry.ts'
import type { Turns } from './turns.ts'

export const repositories: readonly RepositoryName[] = ['a/one', 'b/two'].map(parseRepositoryName)

/** Small enough that a blob of twenty bytes needs a file. */
export const limits: Limits = { ...defaultLimits, inlineBytes: 8, trashDelay: 60_000, commitRetries: 1000 }

/** Two blobs that stand in the store, two that stand in files. */
export const contents: readonly Uint8Array[] = [
  'tiny',
  'small',
  'a blob in a file',
  'another blob in a file',
].map((text) => Buffer.from(text))
export const digests: readonly Digest[] = contents.map((bytes) => digestOf(bytes))

export const mediaType = 'application/vnd.oci.image.manifest.v1+json'
export const indexType = 'application/vnd.oci.image.index.v1+json'

const descriptor = (bytes: Uint8Array, type = 'application/octet-stream'): object => ({
  mediaType: type,
  digest: digestOf(bytes),
  size: bytes.length,
})

const image = (layers: readonly Uint8Array[], subject?: Uint8Array): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: descriptor(contents[0]!),
      layers: layers.map((layer) => descriptor(layer)),
      ...(subject && { subject: descriptor(subject, mediaType) }),
    }),
  )

const first = image([contents[1]!, contents[2]!])
const second = image([contents[2]!, contents[3]!])
const referrer = image([contents[1]!], first)
const index = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [descriptor(first, mediaType), descriptor(second, mediaType)],
  }),
)

export interface KnownManifest {
  readonly bytes: Uint8Array
  readonly digest: Digest
  readonly type: string
  /** Blobs, as places in `contents`; manifests, as places in this list. */
  readonly blobs: readonly number[]
  readonly manifests: readonly number[]
}

const known = (bytes: Uint8Array, type: string, blobs: number[], children: number[]): KnownManifest => ({
  bytes,
  digest: digestOf(bytes),
  type,
  blobs,
  manifests: children,
})

export const manifests: readonly KnownManifest[] = [
  known(first, mediaType, [0, 1, 2], []),
  known(second, mediaType, [0, 2, 3], []),
  known(referrer, mediaType, [0, 1], []),
  known(index, indexType, [], [0, 1]),
]

const silent: Telemetry = { debug() {}, info() {}, warn() {}, error() {}, count() {}, observe() {} }

const start = 1_800_000_000_000

export type Breakage = (store: Store) => Store

/** Opens the world's files as a process does that starts. */
export type OpenFiles = () => Promise<Blobs>

export interface Making {
  readonly breakage?: Breakage | undefined
  /** Blobs in memory, which all processes share, where it is not given. */
  readonly openFiles?: OpenFiles
}

/** One registry's data, and the processes that come and go over it. */
export class World {
  readonly store: Store
  readonly files: Blobs
  readonly turns: Turns
  readonly #breakage: Breakage
  readonly #openFiles: OpenFiles
  #now = start
  #boots = 0

  private constructor(turns: Turns, engines: { readonly store: Store; readonly files: Blobs }, how: Making) {
    this.store = engines.store
    this.files = engines.files
    this.turns = turns
    this.#breakage = how.breakage ?? ((store) => store)
    this.#openFiles = how.openFiles ?? (async () => engines.files)
  }

  static async open(turns: Turns, how: Making = {}): Promise<World> {
    // A commit that hangs for half a day is refused for its id's age; here the engine's time stands, and hours pass freely.
    const store = await openMemoryStore(schema, { now: () => start })
    const files = how.openFiles === undefined ? openMemoryBlobs() : await how.openFiles()
    return new World(turns, { store, files }, how)
  }

  now(): number {
    return this.#now
  }

  pass(ms: number): void {
    this.#now += ms
  }

  /** A process over the data: every one before it is dead. */
  async boot(): Promise<Process> {
    const { epoch } = this.turns
    const bootId = `boot-${++this.#boots}`
    const turn = (): Promise<void> => this.turns.take(epoch)
    const clock: Clock = { now: () => this.#now, monotonic: () => this.#now, sleep: turn, idle: turn }
    const random = seededRandom(this.#boots)
    const store = inTurns(this.#breakage(this.store), turn)
    const isDead = (id: string): boolean => id !== bootId
    const telemetry = silent
    const journal = new StoreJournal({ store, clock, random, telemetry, bootId, isDead })
    const open = await compose(
      {
        store,
        blobs: inTurns(await this.#openFiles(), turn),
        cache: openMemoryCache({ maxBytes: 1_000_000 }),
        clock,
        random,
        identity: { verify: async () => undefined },
        telemetry,
        journal,
        bootId,
        isDead,
      },
      {
        access: { read: 'anyone', write: 'anyone' },
        immutableTags: new Map(),
        quotas: new Map(),
        retentions: new Map(),
        limits,
      },
    )
    return { ...open, runJobs: async () => void (await journal.drain(jobHandlers(open, []))), turn }
  }
}

export interface Process extends Composed {
  runJobs(): Promise<void>
  turn(): Promise<void>
}

/** Every call waits for its turn, and its answer for another: other steps come between both. */
function inTurns<T extends object>(target: T, turn: () => Promise<void>): T {
  const immediate = new Set(['name', 'can', 'list'])
  return new Proxy(target, {
    get: (object, property) => {
      const member = Reflect.get(object, property)
      if (typeof member !== 'function' || immediate.has(String(property)))
        return typeof member === 'function' ? member.bind(object) : member
      return async (...args: unknown[]) => {
        await turn()
        const answer = await Reflect.apply(member, object, args)
        await turn()
        return answer
      }
    },
  })
}
