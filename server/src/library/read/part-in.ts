import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { Cache } from '../../ports/cache/cache.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { Random } from '../../ports/random/random.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import type { Store } from '../../ports/store/store.ts'
import { functionIn, looking, objectIn } from './given.ts'

/** A clock of somebody's own, who need not know of `idle`: then it sleeps. */
export type GivenClock = Omit<Clock, 'idle'> & Partial<Pick<Clock, 'idle'>>

/** As `Clock`. @throws ValidationError */
export function clockIn(given: unknown): Clock {
  const clock = partIn<GivenClock>(given, 'clock', ['now', 'monotonic', 'sleep'])
  const idle = looking('clock.idle', (): unknown => clock.idle)
  if (idle !== undefined) return partIn<Clock>(clock, 'clock', ['idle'])
  const sleep: Clock['sleep'] = (ms, signal) => clock.sleep(ms, signal)
  return { now: () => clock.now(), monotonic: () => clock.monotonic(), sleep, idle: sleep }
}

/** What a registry calls of it. @throws ValidationError */
export function randomIn(given: unknown): Random {
  return partIn(given, 'random', ['bytes', 'uuid'])
}

/** What a registry calls of it; `clear` and `stats` are for its owner. @throws ValidationError */
export function cacheIn(given: unknown): Cache {
  return partIn(given, 'cache', ['get', 'set', 'delete'])
}

/** @throws ValidationError */
export function storeIn(given: unknown, field: string): Store {
  return engineIn(given, field, ['get', 'getMany', 'find', 'count', 'commit', 'tail', 'last', 'close'])
}

/** @throws ValidationError */
export function blobsIn(given: unknown, field: string): Blobs {
  return engineIn(given, field, ['name', 'append', 'length', 'seal', 'open', 'remove', 'list', 'close'])
}

/** @throws ValidationError */
export function searchEngineIn(given: unknown): SearchEngine {
  return engineIn(given, 'searchEngine', [
    ...(['mark', 'apply', 'rebuild', 'list'] as const),
    ...(['query', 'having', 'complete', 'similar'] as const),
  ])
}

function engineIn<T extends { readonly can: object }>(
  given: unknown,
  field: string,
  methods: readonly (keyof T & string)[],
): T {
  const engine = partIn<T>(given, field, methods)
  objectIn(
    looking(`${field}.can`, () => engine.can),
    `${field}.can`,
  )
  return engine
}

/** Something of somebody's own, as it is, by what it must be able to do. @throws ValidationError */
function partIn<T extends object>(given: unknown, field: string, methods: readonly (keyof T & string)[]): T {
  const part = objectIn(given, field) as T
  for (const name of methods) {
    const place = `${field}.${name}`
    functionIn(
      looking(place, () => part[name]),
      place,
    )
  }
  return part
}
