import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import { seededRandom } from '../../../src/adapters/random/seeded/seeded-random.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { Generations, withGenerations } from '../../../src/core/cache/generations.ts'
import { ReadCache, type Reads } from '../../../src/core/cache/read-cache.ts'
import type { Cache } from '../../../src/ports/cache/cache.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert, patch, remove } from '../../../src/ports/store/change.ts'
import type { Change, Outcome, Store } from '../../../src/ports/store/store.ts'
import type { Schema, Table } from '../../../src/ports/store/table.ts'

export type CellRow = { id: string; name: string; value: number }
export const cells: Table<CellRow> = {
  name: 'cells',
  columns: { id: 'text', name: 'text', value: 'integer' },
  key: ['id'],
  unique: { name: ['name'] },
}
const tables = [cells] as unknown as Table[]
export const cellSchema: Schema = {
  tables,
  logs: [],
  migrations: [{ version: 1, name: 'first', steps: tables.map((table) => ({ do: 'createTable', table })) }],
}

/** Who goes on next is drawn by lot: each call of `turn` waits to be chosen. */
export class Lots {
  readonly #waiting: (() => void)[] = []
  readonly #random: ReturnType<typeof seededRandom>

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  int(below: number): number {
    return this.#random.int(below)
  }

  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async play(all: readonly Promise<unknown>[]): Promise<void> {
    let ended = false
    const end = Promise.all(all).finally(() => {
      ended = true
    })
    end.catch(() => {})
    while (!ended) {
      await new Promise((resolve) => setImmediate(resolve))
      const at = this.#waiting.length === 0 ? 0 : this.#random.int(this.#waiting.length)
      this.#waiting.splice(at, 1)[0]?.()
    }
    await end
  }
}

/** The parts of the cache that a test may replace by wrong ones. */
export interface Parts {
  readonly cache: (tier: Cache, generations: Generations) => Pick<ReadCache, 'peek' | 'load'>
  readonly store: (store: Store, generations: Generations) => Store
  readonly generations: () => Generations
  /** Names the rows before they are read. */
  readonly names: (reads: Reads) => Reads
}

export const right: Parts = {
  cache: (tier, generations) => new ReadCache(tier, generations),
  store: withGenerations,
  generations: () => new Generations(),
  names: (reads) => reads,
}

/** Before and after every call of the store somebody else may go on. */
function byLot(store: Store, lots: Lots): Store {
  const slow = async <T>(call: () => Promise<T>): Promise<T> => {
    await lots.turn()
    const answer = await call()
    await lots.turn()
    return answer
  }
  return new Proxy(store, {
    get: (_, name) => {
      const member = Reflect.get(store, name) as unknown
      return typeof member === 'function'
        ? (...args: unknown[]) => slow(() => member.apply(store, args))
        : member
    },
  })
}

/**
 * Writers make, change and remove two cells while readers ask for them through a cache, and some past it. Rejects where a
 * read is of before a commit that was answered, or that somebody had seen, when it began. Answers how many reads the
 * cache answered.
 */
export async function race(seed: number, parts: Parts): Promise<number> {
  const lots = new Lots(seed)
  const generations = parts.generations()
  const inner = await openMemoryStore(cellSchema)
  const store = parts.store(byLot(inner, lots), generations)
  const cache = parts.cache(openMemoryCache({ maxBytes: 100_000 }), generations)
  const random = seededRandom(seed + 1_000_000)
  const commit = (...changes: Change[]): Promise<Outcome> =>
    store.commit(
      newBatchId(Date.now(), (length) => random.bytes(length)),
      changes,
    )
  // Versions count the changes of a name, whatever they were: what a reader must at least have seen.
  const history = new Map<string, (number | undefined)[]>()
  const acknowledged = new Map<string, number>()
  let ids = 0
  let hits = 0

  const write = async (name: string): Promise<void> => {
    const versions = history.get(name) ?? [undefined]
    history.set(name, versions)
    const current = await inner.get(cells, { unique: 'name', values: [name] })
    const value = versions.length
    const change =
      current === undefined
        ? insert(cells, { id: `id-${++ids}`, name, value })
        : lots.int(3) === 0
          ? remove(cells, [current.id])
          : patch(cells, [current.id], { set: { value } })
    versions.push(change.do === 'remove' ? undefined : value)
    const version = versions.length - 1
    await commit(change)
    acknowledged.set(name, Math.max(acknowledged.get(name) ?? 0, version))
  }

  const read = async (name: string): Promise<void> => {
    const least = acknowledged.get(name) ?? 0
    const peeked = cache.peek<number | undefined>(name)
    if (peeked !== undefined) hits++
    const value =
      peeked !== undefined
        ? peeked.value
        : await cache.load<number | undefined>(name, async (given) => {
            const reads = parts.names(given)
            reads.unique(cells, 'name', [name])
            const found = await store.get(cells, { unique: 'name', values: [name] })
            if (found === undefined) return { value: undefined, bytes: 1 }
            reads.row(cells, [found.id])
            // Read again, as one that follows a reference would.
            const row = await store.get(cells, [found.id])
            return { value: row?.value, bytes: 8 }
          })
    const seen = history.get(name) ?? [undefined]
    const allowed = seen.slice(least)
    if (!allowed.includes(value)) {
      throw new Error(
        `seed ${seed}: read ${value} of ${name}, which was so before version ${least} of ${seen}`,
      )
    }
  }

  /** As somebody on another thread would see the commit in the store before its writer hears of it. */
  const look = async (name: string): Promise<void> => {
    const found = await store.get(cells, { unique: 'name', values: [name] })
    // A value is its own version.
    if (found) acknowledged.set(name, Math.max(acknowledged.get(name) ?? 0, found.value))
  }

  const names = ['a', 'b'].slice(0, 1 + (seed % 2))
  const writer = async (): Promise<void> => {
    // One writer a name: the order of its commits is the order of its versions.
    for (let n = 0; n < 5; n++) for (const name of names) await write(name)
  }
  const reader = async (): Promise<void> => {
    for (let n = 0; n < 12; n++) {
      await lots.turn()
      const name = names[lots.int(names.length)] ?? 'a'
      await (lots.int(4) === 0 ? look(name) : read(name))
    }
  }
  await lots.play([writer(), reader(), reader(), reader(), reader()])
  await inner.close()
  return hits
}
