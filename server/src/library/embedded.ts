import type { Artifacts } from '../boot/compose/artifacts.ts'
import type { Searching } from '../boot/compose/searching.ts'
import type { Generations } from '../core/cache/generations.ts'
import type { EventBus } from '../core/events/event-bus.ts'
import type { Caller } from '../core/ledger/caller.ts'
import type { Limits } from '../core/ledger/limits.ts'
import type { Kind } from '../kinds/kind.ts'
import type { SearchEngine } from '../ports/search/search.ts'
import { ValidationError } from './errors.ts'
import type { SearchBounds } from './search/search-bounds.ts'

/** The registry that a backend of Lading's own holds: what other faces of the library work with. */
export interface Embedded {
  /** Those of the transaction which the async context has joined; else the backend's own. */
  readonly artifacts: Artifacts
  readonly caller: Caller
  readonly events: EventBus
  readonly limits: Limits
  readonly kinds: ReadonlyMap<string, Kind>
  /** Of what is committed, in a transaction too. */
  readonly searches: EmbeddedSearches
  /** Of the store: what is remembered holds while they stand. Absent in a transaction, and where others change the store and do not tell of it. */
  readonly generations?: Generations
  /** Of the registry, the same in every process: seals what is remembered outside of this one. */
  readonly cacheKey?: Uint8Array
  /**
   * In a transaction: from now on that artifact must be at its commit as it is now. For what the caller was promised so.
   * @throws `artifact-unknown`
   */
  readonly watch?: (id: string) => Promise<void>
  /**
   * Runs one operation whole. A disconnect, and the end of its transaction, wait for it: what it asks of the registry that it
   * is given is not refused on their account. A call of `artifacts` outside of one is an operation by itself.
   * @throws RegistryError where it cannot begin any more: UNAVAILABLE, and in a transaction CONFLICT or TIMEOUT
   */
  during<T>(operation: (face: Embedded) => Promise<T>): Promise<T>
}

/** What a search works with. */
export interface SearchFace {
  /** The registry as it is committed, in a transaction too. */
  readonly committed: Embedded
  readonly searching: Searching
}

export interface EmbeddedSearches {
  /**
   * Runs one search whole. A disconnect gives up what is asked of the engine, and waits for the rest of it.
   * @param engine stays open; undefined: the backend's own
   * @throws RegistryError UNAVAILABLE: the backend is disconnected, or its engine cannot be opened
   */
  during<T>(
    engine: SearchEngine | undefined,
    bounds: SearchBounds,
    work: (face: SearchFace) => Promise<T>,
  ): Promise<T>
}

/** The method by which a backend gives out its registry. The same in every copy of the package. */
export const embedded: unique symbol = Symbol.for('lading.embedded')

export interface EmbeddedBackend {
  /** @throws RegistryError UNAVAILABLE before `connect` and after `disconnect`, TIMEOUT in a transaction that has timed out */
  [embedded](): Embedded
}

/** @throws RegistryError VALIDATION for a backend that holds no registry */
export function embeddedBackend(backend: unknown): EmbeddedBackend {
  if (typeof backend === 'object' && backend !== null && embedded in backend)
    return backend as EmbeddedBackend
  throw new ValidationError('the backend is none that Lading makes: wrap a store by a StoreBackend', {
    field: 'backend',
  })
}
