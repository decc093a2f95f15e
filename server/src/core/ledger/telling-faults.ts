import { RegistryError } from '../../domain/error.ts'
import { StoreError } from '../../ports/store/errors.ts'
import type { Store } from '../../ports/store/store.ts'

/**
 * The same store, whose passing faults of reading come as `unavailable`: whoever asked may ask again. A permanent one
 * passes as it is, and so does what a commit throws: the ledger knows more of that.
 */
export function tellingFaults(store: Store): Store {
  return {
    can: store.can,
    get: (table, key, from) => store.get(table, key, from).catch(tell),
    getMany: (table, keys) => store.getMany(table, keys).catch(tell),
    find: (table, query) => store.find(table, query).catch(tell),
    count: (table, query) => store.count(table, query).catch(tell),
    tail: (log, after, limit) => store.tail(log, after, limit).catch(tell),
    commit: (id, changes) => store.commit(id, changes),
    close: () => store.close(),
  }
}

function tell(error: unknown): never {
  if (!(error instanceof StoreError) || error.kind !== 'transient') throw error
  throw storeUnavailable(error)
}

export function storeUnavailable(cause: StoreError): RegistryError<'unavailable'> {
  return new RegistryError(
    'unavailable',
    { reason: 'the store cannot be reached', retryAfterMs: 1_000 },
    { cause },
  )
}
