import type { Store } from './store.ts'

/** One state of a store, whatever is written meanwhile. Disposal lets go of what it stands on. */
export interface Snapshot extends AsyncDisposable {
  readonly reads: Pick<Store, 'get' | 'getMany' | 'find'>
  /** What `bytes` are: only an engine of the same format takes them back. */
  readonly format: string
  readonly size: number
  /** Of all tables and logs, in the engine's own form. Chunks may be used again: use each before asking for the next. */
  bytes(): AsyncIterable<Uint8Array>
}

/** A place where an engine's records can be put back. */
export interface StoreRestore {
  readonly format: string
  /**
   * From now on until `finish`, no store opens there: what is in it is half of a state, also after a crash. Another `begin`
   * after that starts anew. @throws StoreError `permanent` where records are there already, or another process works there
   */
  begin(): Promise<Restoration>
}

/** Disposal before `finish` leaves a place on which no store opens. */
export interface Restoration extends AsyncDisposable {
  /**
   * The records that the bytes hold, brought to the engine's schema, to be set right before they count. Closed by `finish`.
   * @throws StoreError `permanent` for bytes of a newer schema, or that are no such records
   */
  stage(bytes: AsyncIterable<Uint8Array>): Promise<Store>
  /** What was staged is the store from now on. */
  finish(): Promise<void>
}
