import { createClient, defineScript, ErrorReply } from 'redis'
import { drawn, type Rate, type Taken } from '../../../domain/rate.ts'
import { RatesError } from '../../../ports/rates/errors.ts'
import type { Rates } from '../../../ports/rates/rates.ts'

export interface RedisRatesOptions {
  /** `redis://user:password@host:port/db`, or `rediss:` for TLS. */
  readonly url: string
  /** PEM of the authorities that are trusted, instead of those of the machine; for `rediss:` alone. */
  readonly ca?: string
  /** Before every name. */
  readonly prefix?: string
  /** Of every call, in ms. */
  readonly timeoutMs: number
  /** Calls that may wait to be sent. */
  readonly maxQueued?: number
}

const usualPrefix = 'lading:rate:'
const usualQueued = 10_000
const retryMs = 50
const maxRetryMs = 2_000
const leastPingMs = 500
/** A connection without a sign of life for so many of the times at which one is asked for is given up. */
const signs = 3

/**
 * By the server's clock, so that no two processes compare theirs. Numbers are µs: Lua writes whole numbers exactly. A bucket that
 * is full is not there.
 */
const draw = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local each, most, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local before = math.max(0, (tonumber(redis.call('GET', KEYS[1])) or 0) - now)
local after = math.max(0, before + cost * each)
if cost ~= 0 and after <= most then
  if after > 0 then
    redis.call('SET', KEYS[1], string.format('%.0f', now + after), 'PX', math.ceil(after / 1000))
  else
    redis.call('DEL', KEYS[1])
  end
end
return math.floor(before)
`

/** Buckets that all processes share, in a Redis server of version 6 or later. Opens at once. */
export function openRedisRates(options: RedisRatesOptions): Rates {
  return new RedisRates(options)
}

class RedisRates implements Rates {
  readonly #client: ReturnType<typeof connect>
  readonly #prefix: string
  readonly #timeoutMs: number
  readonly #begun: Promise<void>

  constructor({ prefix = usualPrefix, ...options }: RedisRatesOptions) {
    this.#prefix = prefix
    this.#timeoutMs = options.timeoutMs
    const client = connect(options)
    this.#client = client
    // Every call says for itself that it failed.
    client.on('error', () => undefined)
    this.#begun = new Promise<void>((resolve) => {
      client.once('ready', resolve)
      client.once('error', () => resolve())
    })
    client.connect().catch(() => undefined)
  }

  async take(key: string, rate: Rate, cost = 1): Promise<Taken> {
    const eachUs = Math.max(1, Math.round((rate.periodMs * 1000) / rate.tokens))
    const asked = [eachUs, eachUs * rate.tokens, cost].map(String)
    const beforeUs = await this.#inTime(async () => {
      await this.#begun
      return await this.#client.draw(this.#prefix + key, asked)
    })
    // As the script has counted, from the same numbers.
    const exact = { tokens: rate.tokens, periodMs: (eachUs * rate.tokens) / 1000 }
    return drawn(exact, Number(beforeUs) / 1000, cost).taken
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  async #inTime<T>(call: () => Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => late.reject(new RatesError('unreachable', 'Redis did not answer in time')),
      this.#timeoutMs,
    )
    try {
      return await Promise.race([call(), late.promise])
    } catch (cause) {
      if (cause instanceof RatesError) throw cause
      // What a client says of an address may have the password in it.
      throw cause instanceof ErrorReply
        ? new RatesError('refused', `Redis refuses: ${firstWord(cause.message)}`)
        : new RatesError('unreachable', `Redis cannot be reached: ${codeOf(cause)}`)
    } finally {
      clearTimeout(timer)
    }
  }
}

function connect({ url, ca, timeoutMs, maxQueued = usualQueued }: RedisRatesOptions) {
  const pingInterval = Math.max(leastPingMs, timeoutMs)
  return createClient({
    url,
    RESP: 3,
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxQueued,
    pingInterval,
    scripts: {
      draw: defineScript({
        SCRIPT: draw,
        NUMBER_OF_KEYS: 1,
        parseCommand: (parser, key: string, asked: string[]) => {
          parser.pushKey(key)
          parser.push(...asked)
        },
        transformReply: (reply: unknown) => reply as number,
      }),
    },
    socket: {
      ...(ca !== undefined && { tls: true as const, ca }),
      connectTimeout: timeoutMs,
      socketTimeout: signs * pingInterval,
      reconnectStrategy: (tries) => Math.min(retryMs * 2 ** Math.min(tries, 16), maxRetryMs),
    },
  })
}

const firstWord = (text: string): string => /^[A-Z]+/.exec(text)?.[0] ?? 'no reason that it says'

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no connection'
  const { code } = cause as { readonly code?: unknown }
  return typeof code === 'string' ? code : cause.name
}
