import { RegistryError } from '../../domain/error.ts'
import { StoreError } from '../../ports/store/errors.ts'
import type { Store } from '../../ports/store/store.ts'

/**
 * The same store, whose passing faults of reading come as `unavailable` or `storage-full`: whoever asked may ask again. A
 * permanent one passes as it is, and so does what a commit throws: the ledger knows more of that.
 */
export function tellingFaults(store: Store): Store {
  const snapshot = store.snapshot?.bind(store)
  const getParts = store.getParts?.bind(store)
  const tailNow = store.tailNow?.bind(store)
  const follow = store.follow?.bind(store)
  return {
    can: store.can,
    get: (table, key, from) => store.get(table, key, from).catch(tell),
    getMany: (table, keys) => store.getMany(table, keys).catch(tell),
    find: (table, query) => store.find(table, query).catch(tell),
    count: (table, query) => store.count(table, query).catch(tell),
    tail: (log, after, limit) => store.tail(log, after, limit).catch(tell),
    last: (log) => store.last(log).catch(tell),
    commit: (id, changes, survives) => store.commit(id, changes, survives),
    ...(getParts && { getParts: (table, keys, columns) => getParts(table, keys, columns).catch(tell) }),
    ...(tailNow && { tailNow: (log, after, limit) => tailNow(log, after, limit).catch(tell) }),
    ...(snapshot && { snapshot: () => snapshot().catch(tell) }),
    ...(follow && { follow }),
    close: () => store.close(),
  }
}

function tell(error: unknown): never {
  throw error instanceof StoreError ? storeFault(error) : error
}

/** What a fault of the store means to whoever asked; one that will not pass is told as it is. */
export function storeFault(error: StoreError): RegistryError | StoreError {
  switch (error.kind) {
    case 'transient':
      return error.isBusy
        ? unavailable('too many ask the store at once', untilLessBusyMs, error)
        : unavailable('the store cannot be reached', 1_000, error)
    case 'full':
      return new RegistryError('storage-full', { retryAfterMs: untilSomebodyActs }, { cause: error })
    case 'denied':
      return unavailable('the store has lost the right to its data', untilSomebodyActs, error)
    case 'unknown':
      return new RegistryError('unknown-outcome', { reason: error.message }, { cause: error })
    case 'permanent':
      return error
  }
}

const untilLessBusyMs = 2_000

/** A person has to free space or give a right back; to ask more often would help nobody. */
const untilSomebodyActs = 60_000

function unavailable(reason: string, retryAfterMs: number, cause: StoreError): RegistryError<'unavailable'> {
  return new RegistryError('unavailable', { reason, retryAfterMs }, { cause })
}
