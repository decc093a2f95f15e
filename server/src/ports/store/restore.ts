import type { Store } from './store.ts'

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
