import { createClient, ErrorReply, RESP_TYPES } from 'redis'
import { CacheTierError } from '../../../ports/cache/errors.ts'
import type { TierListener } from '../../../ports/cache/tier.ts'
import { reasonOf } from '../shared/answered-in-time.ts'
import { concealing } from './concealing.ts'

export interface ConnectionOptions {
  readonly url: string
  /** PEM of the authorities that are trusted, instead of those of the machine. */
  readonly ca?: string
  readonly prefix: string
  /** Of a longer value only one byte more is read. */
  readonly maxValueBytes: number
  readonly timeoutMs: number
  readonly maxQueued: number
  readonly retryMs: number
  readonly maxRetryMs: number
}

/** The few commands that a tier needs. */
export interface RedisConnection {
  get(name: string): Promise<Uint8Array | undefined>
  set(name: string, bytes: Uint8Array, ttlMs: number): Promise<void>
  unlink(names: readonly string[]): Promise<void>
  scan(
    cursor: string,
    match: string,
    count: number,
  ): Promise<{ readonly cursor: string; readonly keys: readonly string[] }>
  /** @returns what ends it */
  listen(listener: TierListener): () => void
  close(): void
}

/** Between two signs of life that are asked for; a connection without one for so many of them is given up. */
const signs = 3
const leastPingMs = 500

/**
 * A connection that comes back by itself, and has the server tell which keys under the prefix others change. A call
 * while there is none fails at once; one that was under way when it broke fails then.
 */
export function connectRedis(options: ConnectionOptions): RedisConnection {
  const pingInterval = Math.max(leastPingMs, options.timeoutMs)
  const client = createClient({
    url: options.url,
    RESP: 3,
    emitInvalidate: true,
    disableOfflineQueue: true,
    commandsQueueMaxLength: options.maxQueued,
    pingInterval,
    socket: {
      ...(options.ca !== undefined && { tls: true as const, ca: options.ca }),
      connectTimeout: options.timeoutMs,
      // A server that is there and silent: what it owes is not waited for for ever.
      socketTimeout: signs * pingInterval,
      reconnectStrategy: (tries) => Math.min(options.retryMs * 2 ** Math.min(tries, 16), options.maxRetryMs),
    },
  })
  const listeners = new Set<TierListener>()
  const lost = (): void => {
    for (const listener of listeners) listener.lost()
  }
  const track = async (): Promise<void> => {
    // The client has had it tell of keys that it was asked for: what it was given is to be told of as well.
    await client.sendCommand(['CLIENT', 'TRACKING', 'OFF'])
    await client.sendCommand(['CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', options.prefix, 'NOLOOP'])
    // From here on nothing is missed; what was changed before, nobody has told.
    lost()
  }
  const conceal = concealing(options.url)
  /** What keeps the connection from standing: who asks meanwhile is told no more than that there is none. */
  let trouble: unknown
  const replied = async <T>(reply: Promise<T>): Promise<T> => {
    try {
      return await reply
    } catch (cause) {
      throw faultOf(cause, trouble, conceal)
    }
  }
  // Every call says for itself that it failed.
  client.on('error', (error: unknown) => {
    trouble = error
    lost()
  })
  client.on('ready', () => {
    trouble = undefined
    void track().catch(lost)
  })
  client.on('invalidate', (name: Buffer | string | null) => {
    if (name === null) lost()
    else for (const listener of listeners) listener.forgotten([name.toString()])
  })
  // Who asks before that is no later for it than where nobody is there, and finds what others have put there.
  const begun = new Promise<void>((resolve) => {
    client.once('ready', resolve)
    client.once('error', () => resolve())
  })
  // Whether the server can be reached, or ever is, every call finds out.
  client.connect().catch(lost)
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  return {
    get: async (name) => {
      await begun
      // Somebody else may have made it as large as the server is.
      const value = await replied(bytes.getRange(name, 0, options.maxValueBytes))
      // A key that is not there has the range of an empty text; nothing that is kept is empty.
      return value === null || value.length === 0 ? undefined : value
    },
    set: async (name, value, ttlMs) => {
      await begun
      const plain = Buffer.from(value.buffer, value.byteOffset, value.length)
      await replied(client.set(name, plain, { expiration: { type: 'PX', value: ttlMs } }))
    },
    unlink: async (names) => {
      await begun
      if (names.length > 0) await replied(client.unlink([...names]))
    },
    scan: async (cursor, match, count) => {
      await begun
      return await replied(client.scan(cursor, { MATCH: match, COUNT: count }))
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => client.destroy(),
  }
}

/** An answer by which the server refuses is told from none. */
function faultOf(cause: unknown, trouble: unknown, conceal: (text: string) => string): CacheTierError {
  const isRefused = cause instanceof ErrorReply
  const reason = conceal(reasonOf(isRefused ? cause : (trouble ?? cause)))
  return isRefused
    ? new CacheTierError('refused', `Redis refuses: ${reason}`, { cause })
    : new CacheTierError('unreachable', `Redis cannot be reached: ${reason}`, { cause })
}
