import { createClient } from 'redis'
import { concealing } from './concealing.ts'

/** Where a server is, as a tier is told it. */
export interface RedisPlace {
  readonly url: string
  /** PEM of the authorities that are trusted, instead of those of the machine. */
  readonly ca?: string
}

/** What keeps a registry from using the server; undefined: nothing. Changes nothing there. */
export async function tryRedis({ url, ca }: RedisPlace, timeoutMs: number): Promise<string | undefined> {
  let client: ReturnType<typeof createClient> | undefined
  let told: unknown
  try {
    const trust = ca === undefined ? {} : { tls: true as const, ca }
    const times = { connectTimeout: timeoutMs, socketTimeout: timeoutMs }
    client = createClient({ url, RESP: 3, socket: { ...trust, ...times, reconnectStrategy: false } })
    // Its first words say more than that it was closed thereafter.
    client.on('error', (error) => (told ??= error))
    await client.connect()
    await client.get('lading:cache:doctor')
    return undefined
  } catch (error) {
    return concealing(url)(reasonOf(told ?? error))
  } finally {
    client?.destroy()
  }
}

/** Of a host with several addresses, each of which failed, the first. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
