import { createServer } from 'node:net'

/**
 * Rejects as `listen` does where somebody listens on the address already. For who wants to share it between threads of
 * its own alone: the system would let another process of the same user share it too.
 */
export async function assertFree({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, resolve)
  })
  await new Promise<unknown>((resolve) => server.close(resolve))
}
