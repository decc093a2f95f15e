import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Generations } from '../../../src/core/cache/generations.ts'
import { type Loaded, ReadCache, type Reads } from '../../../src/core/cache/read-cache.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { type Parts, race, right } from './world.ts'

const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed)

test('a read that begins after a commit was answered, or seen by somebody, never sees what was before it', async () => {
  let hits = 0
  for (const seed of seeds(250)) hits += await race(seed, right)
  assert.ok(hits > 250, `the cache answered ${hits} times only: nothing was tested`)
})

/** Fills and answers whatever the generations say. */
class Unchecked extends ReadCache {
  readonly #kept = new Map<string, unknown>()
  override peek<T>(key: string): { readonly value: T } | undefined {
    return this.#kept.has(key) ? { value: this.#kept.get(key) as T } : undefined
  }
  override async load<T>(key: string, read: (reads: Reads) => Promise<Loaded<T>>): Promise<T> {
    const value = await super.load(key, read)
    this.#kept.set(key, value)
    return value
  }
}

/** Whoever joins takes what the flight brings. */
class Trusting extends ReadCache {
  readonly #flights = new Map<string, Promise<unknown>>()
  override async load<T>(key: string, read: (reads: Reads) => Promise<Loaded<T>>): Promise<T> {
    const flight = this.#flights.get(key) ?? super.load(key, read).finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return (await flight) as T
  }
}

/** Takes the generations after the read instead of before it. */
class Late extends ReadCache {
  override load<T>(key: string, read: (reads: Reads) => Promise<Loaded<T>>): Promise<T> {
    return super.load(key, async (reads) => {
      const named: (() => void)[] = []
      const loaded = await read({
        row: (...args) => void named.push(() => reads.row(...args)),
        unique: (...args) => void named.push(() => reads.unique(...args)),
        table: (...args) => void named.push(() => reads.table(...args)),
      })
      for (const name of named) name()
      return loaded
    })
  }
}

const bumping = (when: (commit: () => Promise<unknown>, bump: () => void) => Promise<unknown>) =>
  ((store: Store, generations: Generations): Store =>
    new Proxy(store, {
      get: (_, name) =>
        name === 'commit'
          ? (...args: Parameters<Store['commit']>) =>
              when(
                () => store.commit(...args),
                () => generations.bumpAll(),
              )
          : Reflect.get(store, name),
    })) satisfies Parts['store']

const few = (): Generations => new Generations(new SharedArrayBuffer(4 * 16))

const mutants: readonly { readonly name: string; readonly parts: Partial<Parts> }[] = [
  {
    name: 'fills and answers without a look at the generations',
    parts: { cache: (...args) => new Unchecked(...args) },
  },
  { name: 'joiners always accept', parts: { cache: (...args) => new Trusting(...args) } },
  { name: 'generations are taken after the load', parts: { cache: (...args) => new Late(...args) } },
  {
    name: 'generations move before the commit and not after it',
    parts: {
      generations: few,
      store: bumping(async (commit, bump) => {
        bump()
        return await commit()
      }),
    },
  },
  {
    name: 'generations move after the answer',
    parts: {
      generations: few,
      store: bumping(async (commit, bump) => {
        const outcome = await commit()
        setImmediate(() => setImmediate(bump))
        return outcome
      }),
    },
  },
  {
    name: 'generations move after the commit alone, when others may have seen it',
    parts: {
      generations: few,
      store: bumping(async (commit, bump) => {
        const outcome = await commit()
        bump()
        return outcome
      }),
    },
  },
  { name: 'generations never move', parts: { generations: few, store: (store) => store } },
  {
    name: 'that nothing is there is kept without the name it was asked by',
    parts: { names: (reads) => ({ ...reads, unique: () => {} }) },
  },
  {
    name: 'what a name led to is kept without its row',
    parts: { names: (reads) => ({ ...reads, row: () => {} }) },
  },
]

describe('a cache that is wrong in one way is found out', () => {
  for (const { name, parts } of mutants) {
    test(name, async () => {
      await assert.rejects(async () => {
        for (const seed of seeds(250)) await race(seed, { ...right, ...parts })
      }, /which was so before version/)
    })
  }
})
