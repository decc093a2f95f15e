import { overriding } from '../../domain/overriding.ts'
import type { Store } from '../../ports/store/store.ts'
import type { Histogram, Metering } from '../../ports/telemetry/telemetry.ts'
import type { Tracing } from '../../ports/telemetry/tracing.ts'
import { secondsSince, type Times, timed } from './timed.ts'

/** The same store, whose calls are counted and timed; a commit is a span of the request that it belongs to. */
export function instrumentStore(store: Store, telemetry: Metering, tracing?: Tracing): Store {
  const waiting = telemetry.tally('lading_store_commits_waiting')
  const result = (operation: string, name: string): Histogram =>
    telemetry.histogram('lading_store_operation_duration_seconds', { operation, result: name })
  const timesOf = (operation: string): Times => ({
    ok: result(operation, 'ok'),
    error: result(operation, 'error'),
  })
  const commit: CommitTimes = { ...timesOf('commit'), lost: result('commit', 'lost') }
  const get = timesOf('get')
  const getMany = timesOf('getMany')
  const find = timesOf('find')
  const count = timesOf('count')
  const tail = timesOf('tail')
  const last = timesOf('last')
  const committed: Store['commit'] = async (id, changes, survives) => {
    const begun = performance.now()
    waiting.add()
    try {
      const outcome = await store.commit(id, changes, survives)
      commit[outcome.ok ? 'ok' : 'lost'].observe(secondsSince(begun))
      return outcome
    } catch (error) {
      commit.error.observe(secondsSince(begun))
      throw error
    } finally {
      waiting.add(-1)
    }
  }
  const getParts = store.getParts?.bind(store)
  const tailNow = store.tailNow?.bind(store)
  return overriding(store, {
    get: (table, key, from) => timed(get, () => store.get(table, key, from)),
    getMany: (table, keys) => timed(getMany, () => store.getMany(table, keys)),
    find: (table, query) => timed(find, () => store.find(table, query)),
    count: (table, query) => timed(count, () => store.count(table, query)),
    tail: (log, after, limit) => timed(tail, () => store.tail(log, after, limit)),
    ...(getParts && {
      getParts: (table, keys, columns) => timed(getMany, () => getParts(table, keys, columns)),
    }),
    ...(tailNow && { tailNow: (log, after, limit) => timed(tail, () => tailNow(log, after, limit)) }),
    last: (log) => timed(last, () => store.last(log)),
    commit:
      tracing === undefined
        ? committed
        : (id, changes, survives) => tracing.span('store commit', () => committed(id, changes, survives)),
  })
}

interface CommitTimes extends Times {
  /** Another change got in before. */
  readonly lost: Histogram
}
