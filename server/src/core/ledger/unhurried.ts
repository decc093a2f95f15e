import type { Core } from './core.ts'

/** Few enough that nobody who asks for something meanwhile waits for a page to be handed over. */
const rowsAtOnce = 100
/** How much longer than it works it rests: a walk through a large registry leaves three quarters of the time to others. */
const restsPerWork = 3
/** Below, there is nothing to make up for. */
const leastRestMs = 1
const longestRestMs = 200

/**
 * The same for work that nobody waits for: pages are short, and between two of them it rests for as long as the work on the
 * first has kept others waiting, and longer. A rest ends when the signal aborts.
 */
export function unhurried<C extends Pick<Core, 'store' | 'clock'>>(core: C, signal: AbortSignal): C {
  const { store, clock } = core
  const snapshot = store.snapshot?.bind(store)
  let since = clock.monotonic()
  const find: Core['store']['find'] = async (table, query) => {
    const rest = Math.min(longestRestMs, restsPerWork * (clock.monotonic() - since))
    if (rest >= leastRestMs && query.after !== undefined) await clock.idle(rest, signal)
    since = clock.monotonic()
    return await store.find(table, { ...query, limit: Math.min(query.limit, rowsAtOnce) })
  }
  return {
    ...core,
    store: {
      get: (table, key, from) => store.get(table, key, from),
      getMany: (table, keys) => store.getMany(table, keys),
      find,
      count: (table, query) => store.count(table, query),
      tail: (log, after, limit) => store.tail(log, after, limit),
      ...(snapshot && { snapshot }),
    },
  }
}
