import type { Core } from './core.ts'

/** Few enough that nobody who asks for something meanwhile waits for a page, whose rows may have to come from the disk. */
const rowsAtOnce = 20
/** How much longer than it works it rests: a walk through a large registry leaves nine tenths of the time to others. */
const restsPerWork = 9
/** Below, there is nothing to make up for yet. */
const leastRestMs = 1
const longestRestMs = 200

/**
 * The same for work that nobody waits for: pages are short, and between reads of many rows it rests for as long as it has kept
 * others waiting, and longer. A rest ends when the signal aborts.
 */
export function unhurried<C extends Pick<Core, 'store' | 'clock'>>(core: C, signal: AbortSignal): C {
  const { store, clock } = core
  const snapshot = store.snapshot?.bind(store)
  const tailNow = store.tailNow?.bind(store)
  let rested = clock.monotonic()
  const rest = async (): Promise<void> => {
    const ms = Math.min(longestRestMs, restsPerWork * (clock.monotonic() - rested))
    if (ms < leastRestMs) return
    await clock.idle(ms, signal)
    rested = clock.monotonic()
  }
  return {
    ...core,
    store: {
      get: (table, key, from) => store.get(table, key, from),
      // Where that is done on this thread, it is the longest that is done at a time.
      getMany: async (table, keys) => {
        await rest()
        return await store.getMany(table, keys)
      },
      find: async (table, query) => {
        if (query.after !== undefined) await rest()
        return await store.find(table, { ...query, limit: Math.min(query.limit, rowsAtOnce) })
      },
      count: (table, query) => store.count(table, query),
      tail: (log, after, limit) => store.tail(log, after, limit),
      last: (log) => store.last(log),
      ...(tailNow && { tailNow }),
      ...(snapshot && { snapshot }),
    },
  }
}
