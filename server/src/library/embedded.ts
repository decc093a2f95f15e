import type { Artifacts } from '../boot/compose/artifacts.ts'
import type { Searching } from '../boot/compose/searching.ts'
import type { Refusal } from '../core/audit/refusals.ts'
import type { Generations } from '../core/cache/generations.ts'
import type { EventBus, LoggedEvent } from '../core/events/event-bus.ts'
import type { Caller } from '../core/ledger/caller.ts'
import type { Limits } from '../core/ledger/limits.ts'
import type { Permission } from '../domain/permission.ts'
import type { Principal } from '../domain/principal.ts'
import type { RepositoryName } from '../domain/repository-name.ts'
import type { Sight } from '../domain/search.ts'
import type { Kind } from '../kinds/kind.ts'
import type { SearchEngine } from '../ports/search/search.ts'
import { ValidationError } from './errors.ts'
import type { SearchBounds } from './search/search-bounds.ts'

/** The registry that a backend of Lading's own holds: what other faces of the library work with. */
export interface Embedded {
  /** Those of the transaction which the async context has joined; else the backend's own. */
  readonly artifacts: Artifacts
  readonly caller: Caller
  readonly rights: EmbeddedRights
  /** Whether whoever it acts for may know of an event. Absent: of all. */
  readonly hears?: (event: LoggedEvent) => Promise<boolean>
  readonly events: EventBus
  readonly limits: Limits
  readonly kinds: ReadonlyMap<string, Kind>
  /** Told of what was asked for by its id and not found: it may be there for others, which is written down. @throws `artifact-unknown` */
  readonly missed?: (id: string) => Promise<never>
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
  readonly searching: Pick<Searching, 'catchUp' | 'search' | 'suggest'>
}

/** Who may do what, by the records and by the options of the backend. */
export interface EmbeddedRights {
  /** Before anything else is asked. Rejects with StoreError. */
  ready(): Promise<void>
  may(principal: Principal, permission: Permission, repository: RepositoryName): boolean
  sight(principal: Principal): Sight
  /** undefined: there is no role of that name. */
  permissionsOf(role: string): ReadonlySet<Permission> | undefined
  /** Somebody who has an account that is in use, or whom the options name. */
  isUser(name: string): Promise<boolean>
  /** Writes it down, in its own time. */
  refused(refusal: Refusal): void
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
