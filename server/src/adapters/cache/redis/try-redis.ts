import { createClient } from 'redis'

/** What keeps a registry from using the server; undefined: nothing. Changes nothing there. */
export async function tryRedis(url: string, timeoutMs: number): Promise<string | undefined> {
  let client: ReturnType<typeof createClient> | undefined
  let told: unknown
  try {
    const socket = { connectTimeout: timeoutMs, socketTimeout: timeoutMs, reconnectStrategy: false as const }
    client = createClient({ url, RESP: 3, socket })
    // Its first words say more than that it was closed thereafter.
    client.on('error', (error) => (told ??= error))
    await client.connect()
    await client.get('lading:cache:doctor')
    return undefined
  } catch (error) {
    return reasonOf(told ?? error)
  } finally {
    client?.destroy()
  }
}

/** Of a host with several addresses, each of which failed, the first. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
