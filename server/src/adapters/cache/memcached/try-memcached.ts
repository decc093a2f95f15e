import { answeredInTime } from '../shared/answered-in-time.ts'
import { newClient } from './memcached-server.ts'

/** What keeps a registry from using the server at `host:port`; undefined: nothing. Changes nothing there. */
export async function tryMemcached(address: string, timeoutMs: number): Promise<string | undefined> {
  const client = newClient(address, timeoutMs)
  try {
    await answeredInTime(() => client.get('lading:cache:doctor'), { name: 'Memcached', timeoutMs })
    return undefined
  } catch (error) {
    const { cause, message } = error as Error
    return cause instanceof Error ? cause.message : message
  } finally {
    client.close()
  }
}
