import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { Store } from '../../ports/store/store.ts'

/** What a backend stands on. Who has them closes `blobs`, then `store`, and then calls `release`. */
export interface OpenedEngines {
  readonly store: Store
  readonly blobs: Blobs
  /** Takes away what was made for these alone. */
  readonly release?: () => Promise<void>
}
