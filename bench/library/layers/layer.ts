import type { SortField } from '../../../server/src/library/backend-types.ts'
import type { NewArtifact } from '../../../server/src/library/index.ts'
import type { MadeRow } from '../made-rows.ts'

/** What an artifact says, as whoever reads it wants it: an object with its lists, and its source as text. */
export interface Told {
  readonly id: string
  readonly name: string
  readonly source: string
}

/** What a list is narrowed down by. Each is a combination that has an index. */
export type Narrowed =
  | { readonly kind: string; readonly organization: string }
  | { readonly kind: string; readonly author: string }
  | { readonly topic: string }
  | { readonly kind: string; readonly published: true }

export interface Listing {
  readonly by: Narrowed
  readonly sort: SortField
  /** Where a page ended: of this layer's own form. */
  readonly after?: unknown
  readonly limit: number
}

export interface ListedPage {
  readonly items: readonly Told[]
  /** undefined on the last one. */
  readonly next?: unknown
}

/** One artifact to be made: as it is given to who makes its rows, and the very rows for who does not. */
export interface Piece {
  readonly given: NewArtifact
  readonly rows: readonly MadeRow[]
}

/** One way to keep artifacts in SQLite, with the same tables in the same folder. */
export interface Layer extends AsyncDisposable {
  read(id: string): Promise<Told>
  list(listing: Listing): Promise<ListedPage>
  /** Durable on return. Several at once may share a flush. Answers its id where that is not the one in its rows. */
  create(piece: Piece): Promise<string | undefined>
}
