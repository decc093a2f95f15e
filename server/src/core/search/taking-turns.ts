import type { Clock } from '../../ports/clock/clock.ts'

/** Words are taken apart on the thread that answers pushes and pulls: nobody there waits longer for it, ms. */
const longestTurn = 2

/** To be awaited between two pieces of work: others have their turn where this has lasted long enough. */
export function takingTurns(clock: Clock): () => Promise<void> {
  let begun = clock.monotonic()
  return async () => {
    if (clock.monotonic() - begun < longestTurn) return
    await new Promise((resolve) => setImmediate(resolve))
    begun = clock.monotonic()
  }
}
