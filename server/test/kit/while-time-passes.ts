import type { ManualClock } from '../../src/adapters/clock/manual/manual-clock.ts'

/** Waits for what may itself wait for time to pass, as whoever loses a race does before the next try. */
export async function whileTimePasses<T>(clock: ManualClock, awaited: Promise<T>): Promise<T> {
  let isOver = false
  const over = awaited.finally(() => {
    isOver = true
  })
  // What fails is thrown below, once.
  over.catch(() => undefined)
  while (!isOver) await clock.advance(1)
  return await over
}
