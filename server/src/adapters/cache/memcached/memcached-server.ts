import { Client, type Server } from 'memjs'
import { CacheTierError } from '../../../ports/cache/errors.ts'
import type { Random } from '../../../ports/random/random.ts'
import { answeredInTime } from '../shared/answered-in-time.ts'
import { type BoundServer, boundAnswers } from './bound-answers.ts'

export interface ServerOptions {
  /** `host:port`, or `user:password@host:port`. */
  readonly address: string
  readonly prefix: string
  readonly timeoutMs: number
  /** A server that begins to send a longer value is hung up on. */
  readonly maxValueBytes: number
  /** How long what others clear may still be found. */
  readonly generationMs: number
  readonly random: Pick<Random, 'bytes'>
  readonly monotonic: () => number
}

const longestExpirySeconds = 30 * 24 * 60 * 60
const generationBytes = 9
/** What the client says of an answer by which the server refuses. */
const refusal = /^MemJS /
const generationForm = /^[\w-]{12}$/

/**
 * One server. It keeps everything under a generation that it keeps as well: another one, and all of before is out of reach.
 * The generation is never used again, so that one that the server has lost only costs what was kept.
 */
export class MemcachedServer {
  readonly #options: ServerOptions
  #client: Client | undefined
  #generation: { readonly value: string; readonly readAt: number } | undefined
  #reading: Promise<string> | undefined

  constructor(options: ServerOptions) {
    this.#options = options
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const name = await this.#name(key)
    const { value } = await this.#ask((client) => client.get(name))
    return value ?? undefined
  }

  async set(key: string, value: Buffer, ttlMs: number): Promise<void> {
    const name = await this.#name(key)
    // Whole seconds, and 0 were for ever: whoever reads looks at the time that stands in the value.
    const expires = Math.min(Math.ceil(ttlMs / 1000), longestExpirySeconds)
    await this.#ask((client) => client.set(name, value, { expires }))
  }

  async delete(keys: readonly string[]): Promise<void> {
    const names = await Promise.all(keys.map((key) => this.#name(key)))
    await Promise.all(names.map((name) => this.#ask((client) => client.delete(name))))
  }

  async clear(): Promise<void> {
    const value = await this.#setGeneration()
    this.#generation = { value, readAt: this.#options.monotonic() }
  }

  close(): void {
    this.#letGo(new Error('it was closed'))
  }

  async #name(key: string): Promise<string> {
    const known = this.#generation
    const { monotonic, generationMs, prefix } = this.#options
    const isFresh = known !== undefined && monotonic() - known.readAt < generationMs
    return `${prefix}${isFresh ? known.value : await this.#readGeneration()}:${key}`
  }

  #readGeneration(): Promise<string> {
    this.#reading ??= this.#currentGeneration().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #currentGeneration(): Promise<string> {
    const readAt = this.#options.monotonic()
    const found = (await this.#askGeneration()) ?? (await this.#addGeneration())
    const value = generationForm.test(found) ? found : await this.#setGeneration()
    this.#generation = { value, readAt }
    return value
  }

  async #setGeneration(): Promise<string> {
    const value = this.#newGeneration()
    await this.#ask((client) => client.set(this.#generationName, Buffer.from(value), { expires: 0 }))
    return value
  }

  async #askGeneration(): Promise<string | undefined> {
    return (await this.#ask((client) => client.get(this.#generationName))).value?.toString('latin1')
  }

  async #addGeneration(): Promise<string> {
    const value = this.#newGeneration()
    const bytes = Buffer.from(value)
    if (await this.#ask((client) => client.add(this.#generationName, bytes, { expires: 0 }))) return value
    const others = await this.#askGeneration()
    if (others !== undefined) return others
    throw new CacheTierError('refused', 'Memcached keeps no generation')
  }

  get #generationName(): string {
    return `${this.#options.prefix}generation`
  }

  #newGeneration(): string {
    return Buffer.from(this.#options.random.bytes(generationBytes)).toString('base64url')
  }

  /** @throws CacheTierError */
  async #ask<T>(call: (client: Client) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.#options
    this.#client ??= this.#newClient()
    const client = this.#client
    try {
      return await answeredInTime(() => call(client), { name: 'Memcached', timeoutMs })
    } catch (error) {
      const { cause, message } = error as CacheTierError
      if (cause instanceof Error && refusal.test(cause.message))
        throw new CacheTierError('refused', message, { cause })
      // The client counts what it waits for: after an answer that never came it is wrong about the next ones.
      if (this.#client === client) this.#letGo(error as Error)
      throw error
    }
  }

  #newClient(): Client {
    const { address, timeoutMs, maxValueBytes } = this.#options
    const client = newClient(address, timeoutMs)
    const hangUp = (reason: Error): void => {
      if (this.#client === client) this.#letGo(reason)
    }
    for (const server of client.servers) boundAnswers(server as BoundServer, maxValueBytes, hangUp)
    return client
  }

  #letGo(reason: Error): void {
    const client = this.#client
    this.#client = undefined
    this.#generation = undefined
    // Fails what is under way, and does not wait for anybody to hang up.
    for (const server of client?.servers ?? []) (server as Server).error(reason)
  }
}

export function newClient(address: string, timeoutMs: number): Client {
  const seconds = timeoutMs / 1000
  // Once, and in silence: whoever asks is told, and knows what to do about it.
  return Client.create(address, {
    timeout: seconds,
    conntimeout: seconds,
    retries: 1,
    logger: { log: () => {} },
  })
}
