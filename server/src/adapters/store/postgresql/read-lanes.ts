import { type LaneConnections, ReadLane } from './read-lane.ts'
import type { SqlRow, Statement } from './statement.ts'

export interface LaneLimits {
  /** Connections that short reads share. */
  readonly lanes: number
  /** The most reads under way on each of them. */
  readonly inFlight: number
  /** One that has owed an answer for this many ms is asked nothing more. */
  readonly owedMs: number
}

/** Of connections, this many for each that is shared: most reads of a registry are short, and long ones need their own. */
const connectionsPerLane = 4
const mostLanes = 2

/** Few connections are not shared: what is long would have none. */
export function defaultLaneLimits(connections: number): LaneLimits {
  const lanes = Math.min(mostLanes, Math.floor(connections / connectionsPerLane))
  return { lanes, inFlight: 64, owedMs: 250 }
}

/** Short reads of all callers on few connections. */
export class ReadLanes {
  readonly #lanes: readonly ReadLane[]
  readonly #limits: LaneLimits

  constructor(connections: LaneConnections, limits: LaneLimits, answerMs: number) {
    this.#limits = limits
    this.#lanes = Array.from({ length: limits.lanes }, () => new ReadLane(connections, answerMs))
  }

  /** undefined: none of them is free for more. Rejects with what the driver says. */
  rows(statement: Statement): Promise<readonly SqlRow[]> | undefined {
    const now = performance.now()
    let free: ReadLane | undefined
    for (const lane of this.#lanes) {
      if (lane.inFlight >= this.#limits.inFlight || lane.owedMs(now) > this.#limits.owedMs) continue
      if (free === undefined || lane.inFlight < free.inFlight) free = lane
    }
    return free?.rows(statement)
  }

  figures(): { readonly total: number; readonly idle: number } {
    const made = this.#lanes.filter((lane) => lane.isConnected)
    return { total: made.length, idle: made.filter((lane) => lane.inFlight === 0).length }
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }
}
