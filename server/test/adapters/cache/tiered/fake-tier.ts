import { CacheTierError } from '../../../../src/ports/cache/errors.ts'
import type { CacheTier, TierListener } from '../../../../src/ports/cache/tier.ts'

type Call = 'get' | 'set' | 'delete' | 'clear'

/** A far tier that a test rules over. */
export class FakeTier implements CacheTier {
  readonly name: string
  readonly can: CacheTier['can'] = { inProcess: false, follow: true }
  readonly values: Map<string, Uint8Array> = new Map()
  readonly ttls: Map<string, number> = new Map()
  readonly calls: Call[] = []
  /** `hang`: no answer until it is released. */
  mood: 'well' | 'down' | 'hang' = 'well'
  /** Done before each answer. */
  before: (call: Call) => Promise<void> | void = () => {}
  readonly #listeners = new Set<TierListener>()
  #release: (() => void)[] = []

  constructor(name = 'redis') {
    this.name = name
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    await this.#turn('get')
    return this.values.get(key)
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    await this.#turn('set')
    this.values.set(key, value)
    this.ttls.set(key, ttlMs)
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#turn('delete')
    for (const key of keys) this.values.delete(key)
  }

  async clear(): Promise<void> {
    await this.#turn('clear')
    this.values.clear()
  }

  follow(listener: TierListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Another process has changed these, or any. */
  told(keys: readonly string[] | 'any'): void {
    for (const listener of this.#listeners)
      if (keys === 'any') listener.lost()
      else listener.forgotten(keys)
  }

  /** Whoever hangs gets an answer after all. */
  release(): void {
    this.mood = 'well'
    for (const resolve of this.#release.splice(0)) resolve()
  }

  stats(): ReturnType<CacheTier['stats']> {
    return { hits: 0, misses: 0, errors: 0, entries: this.values.size, bytes: undefined, maxBytes: undefined }
  }

  async close(): Promise<void> {}

  async #turn(call: Call): Promise<void> {
    this.calls.push(call)
    await this.before(call)
    if (this.mood === 'down') throw new CacheTierError('unreachable', 'it is down')
    if (this.mood === 'hang') await new Promise<void>((resolve) => this.#release.push(resolve))
  }
}
