import type { Metering } from '../../ports/telemetry/telemetry.ts'
import type { Look } from '../threads/thread-figures.ts'

/** What an engine knows of its connections. */
export interface ConnectionFigures {
  readonly total: number
  readonly idle: number
  /** Work that waits for one. */
  readonly waiting: number
}

/** Connections to a database. */
export function connectionLook(store: { figures(): ConnectionFigures }, telemetry: Metering): Look {
  const busy = telemetry.tally('lading_store_connections', { state: 'busy' })
  const idle = telemetry.tally('lading_store_connections', { state: 'idle' })
  const waiting = telemetry.tally('lading_store_waiting_for_connection')
  return () => {
    const now = store.figures()
    busy.set(now.total - now.idle)
    idle.set(now.idle)
    waiting.set(now.waiting)
  }
}
