import type { Engines } from '../engines.ts'
import { instrumentBlobs } from './instrument-blobs.ts'
import { instrumentCache } from './instrument-cache.ts'
import { instrumentStore } from './instrument-store.ts'

/** The same engines, whose work is counted and timed. */
export function instrumentEngines<E extends Engines>(engines: E): E {
  const { store, blobs, cache, telemetry, tracing } = engines
  return {
    ...engines,
    store: instrumentStore(store, telemetry, tracing),
    blobs: instrumentBlobs(blobs, telemetry, tracing),
    cache: instrumentCache(cache, telemetry),
  }
}
