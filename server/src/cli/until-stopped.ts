import type { RunningServer } from '../boot/running-server.ts'
import type { World } from './world.ts'

/**
 * One Ctrl-C arrives several times: from the terminal, from bin/lading.js, from npm. Nobody presses twice this fast.
 */
const oneKeypressMs = 500
/** As a shell tells of a process that SIGINT ended. */
const interruptedCode = 130

/** Until the server has stopped, because it was asked to or by itself. @throws what the server stopped of */
export async function untilStopped(server: RunningServer, world: World): Promise<void> {
  const { promise: asked, resolve: stop } = Promise.withResolvers<void>()
  let askedAt: number | undefined
  const forget = world.onStop((reason) => {
    if (askedAt === undefined) {
      askedAt = world.now()
      world.err(`Stopping (${reason}); once more stops at once.`)
      stop()
    } else if (world.now() - askedAt > oneKeypressMs) {
      world.exit(interruptedCode)
    }
  })
  try {
    await Promise.race([asked, server.closed])
    await server.close()
    await server.closed
  } finally {
    forget()
  }
}
