import type { MongodbAddress, MongodbConnectWaits } from '../../shared/mongodb-address.ts'

/** How long the engine waits for what, in ms. */
export interface MongodbWaits extends MongodbConnectWaits {
  /** For earlier batches of this process that touch the same rows. */
  readonly turn: number
  /** From the first try of a batch to the last one, where others change the same rows. */
  readonly commit: number
  /** For what became of a batch whose answer was lost. */
  readonly claim: number
  /** For processes of another release to end, or to migrate. */
  readonly migration: number
  /** Between two signs of life of a process. */
  readonly beat: number
  /** Without a sign of life for this long, a process neither reads nor writes until it gives one. */
  readonly fresh: number
  /**
   * Without a sign of life for this long, a process counts as dead. More than `fresh` and the server's
   * `transactionLifetimeLimitSeconds` (60 s) together, so that nothing of it can still be under way.
   */
  readonly dead: number
  /** Between two questions of a follower how far it has come. */
  readonly follow: number
  /** A follower that hears nothing for this long is lost. */
  readonly silence: number
}

export const usualWaits: MongodbWaits = {
  connect: 10_000,
  operation: 10_000,
  pool: 5_000,
  turn: 10_000,
  commit: 15_000,
  claim: 10_000,
  migration: 120_000,
  beat: 5_000,
  fresh: 30_000,
  dead: 100_000,
  follow: 200,
  silence: 5_000,
}

/** Batches of this process that wait for their turn; more are refused as transient. */
export const mostWaiting = 1_000
/** First and longest pause before a batch is tried again; the pauses double, and chance shortens each. */
export const retryPauses: { readonly first: number; readonly longest: number } = { first: 4, longest: 400 }
/** For how long the ids of batches are kept, in seconds: twice as long as they are accepted. */
export const idsKeptSeconds: number = 24 * 3_600

export interface MongodbStoreOptions extends MongodbAddress {
  /** Milliseconds since 1970, against which the age of batch ids is told. */
  readonly now?: () => number
  readonly waits?: Partial<MongodbWaits>
}

export interface MongodbSettings extends MongodbStoreOptions {
  readonly waits: MongodbWaits
}
