/** Where a MongoDB is, and as whom it is asked. */
export interface MongodbAddress {
  /** `mongodb://` or `mongodb+srv://`, of a replica set, with user and password where it wants them. Never told. */
  readonly url: string
  /** The database; where nothing is said the one that the URL names, else `lading`. */
  readonly database?: string
  /** The authorities that the servers' certificates may be of, as PEM text, beside TLS in the URL. */
  readonly ca?: string
  /** Connections at most to each server. */
  readonly maxPool?: number
}

/** What a connection waits for, in ms. */
export interface MongodbConnectWaits {
  /** For a server that can be written to. */
  readonly connect: number
  /** For the answer to one command. */
  readonly operation: number
  /** For a connection of the pool. */
  readonly pool: number
  /** For commands that may take as long as a migration does. */
  readonly migration: number
}

export const usualPool = 20
