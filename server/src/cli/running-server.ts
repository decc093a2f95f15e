export interface RunningServer {
  /** `127.0.0.1:7070`, with the real port. */
  readonly address: string
  readonly url: string
  /** Lets requests end, then stops. */
  close(): Promise<void>
  /** Settles when it has stopped for whatever reason; rejects where that was a fault. */
  readonly closed: Promise<void>
}
