import type { Histogram } from '../../ports/telemetry/telemetry.ts'

/** Where the time of a call is noted, by how it ended. */
export interface Times {
  readonly ok: Histogram
  readonly error: Histogram
}

export async function timed<T>(times: Times, call: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  try {
    const found = await call()
    times.ok.observe(secondsSince(begun))
    return found
  } catch (error) {
    times.error.observe(secondsSince(begun))
    throw error
  }
}

export function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000
}
