import { exitCodes } from './command.ts'
import type { World } from './world.ts'

/**
 * One Ctrl-C arrives several times: from the terminal, from bin/lading.js, from npm. Nobody presses twice this fast.
 */
const oneKeypressMs = 500

/**
 * Calls `stop` when the process is asked to stop; asked once more, it ends at once. Answers how to stop listening.
 */
export function onStopRequest(world: World, stop: (reason: string) => void): () => void {
  let askedAt: number | undefined
  return world.onStop((reason) => {
    if (askedAt === undefined) {
      askedAt = world.now()
      stop(reason)
    } else if (world.now() - askedAt > oneKeypressMs) {
      world.exit(exitCodes.interrupted)
    }
  })
}
