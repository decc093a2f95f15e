import type { RunningServer } from '../boot/running-server.ts'
import { onStopRequest } from './stop-requests.ts'
import type { World } from './world.ts'

/** Until the server has stopped, because it was asked to or by itself. @throws what the server stopped of */
export async function untilStopped(server: RunningServer, world: World): Promise<void> {
  const { promise: asked, resolve: stop } = Promise.withResolvers<void>()
  const forget = onStopRequest(world, (reason) => {
    world.err(`Stopping (${reason}); once more stops at once.`)
    stop()
  })
  try {
    await Promise.race([asked, server.closed])
    await server.close()
    await server.closed
  } finally {
    forget()
  }
}
