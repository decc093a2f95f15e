import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import type { Store } from '../../ports/store/store.ts'

/** What a backend stands on. Who has them closes what `openSearch` gave, then `blobs`, then `store`, and then calls `release`. */
export interface OpenedEngines {
  readonly store: Store
  readonly blobs: Blobs
  /** Opens the engine by which this store is searched, at the first search. In memory where there is none. */
  readonly openSearch?: () => Promise<SearchEngine>
  /** Takes away what was made for these alone. */
  readonly release?: () => Promise<void>
}
