import type { AccessRules } from '../core/access/configured-rights.ts'
import { defaultLimits, type Limits } from '../core/ledger/limits.ts'
import type { Quotas } from '../domain/quota.ts'
import type { UserKind } from '../kinds/user-kind.ts'
import type { Blobs } from '../ports/blobs/blobs.ts'
import type { Cache } from '../ports/cache/cache.ts'
import type { Random } from '../ports/random/random.ts'
import { type Store, storeLimits } from '../ports/store/store.ts'
import { invalid, membersOf } from './read/given.ts'
import type { GivenClock } from './read/part-in.ts'

/** Something that happened behind the operations, which no result tells of. */
export interface Report {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly error?: unknown
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>
}

/** What every backend can be told. */
export interface BackendOptions {
  /** Bounds, sizes in bytes and times in ms; those of the server's settings `limits.*` where nothing is said. */
  readonly limits?: Partial<Limits>
  /** Kinds beside those that Lading knows of itself. */
  readonly kinds?: readonly UserKind[]
  /**
   * Who may read and who may write, everywhere, beside what is in the records; nobody where nothing is said. It is asked for
   * those that a registry acts for, see `RegistryManager.as`.
   */
  readonly access?: AccessOptions
  /** What namespaces may use, by name. */
  readonly quotas?: Readonly<Record<string, QuotaOfNamespace>>
  /** False: no background work is done here, such as removing what was purged; another process does it later. */
  readonly jobs?: boolean
  readonly cache?: Cache
  /** Told of warnings and failures of background work; `process.emitWarning` is, where nobody is named. */
  readonly report?: (report: Report) => void
  readonly clock?: GivenClock
  readonly random?: Random
  /** What the registry is given instead of its engines: to measure them, or for faults in tests. */
  readonly wrap?: {
    readonly store?: (store: Store) => Store
    readonly blobs?: (blobs: Blobs) => Blobs
  }
}

/** `anyone`, or names of users. Who may write may read. */
export type AccessOptions = Partial<Pick<AccessRules, 'read' | 'write'>>

type QuotaOfNamespace = NonNullable<ReturnType<Quotas['get']>>

/** @throws ValidationError: there is no such limit, or it cannot be that */
export function limitsWith(given: unknown = {}): Limits {
  const names = Object.keys(defaultLimits) as (keyof Limits)[]
  const changed = membersOf(given, { field: 'limits', as: 'limits' }, names)
  for (const [name, value] of Object.entries(changed))
    if (!Number.isSafeInteger(value) || Number(value) < 0)
      throw invalid(`limits.${name}`, 'it is no whole number from 0')
  const limits = { ...defaultLimits, ...(changed as Partial<Limits>) }
  if (limits.pageSize < 1 || limits.pageSize > storeLimits.rowsPerPage)
    throw invalid('limits.pageSize', `it is none from 1 to ${storeLimits.rowsPerPage}`)
  return limits
}
