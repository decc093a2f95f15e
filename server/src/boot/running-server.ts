export interface RunningServer {
  /** `127.0.0.1:7070`, with the real port; IPv6 in brackets. */
  readonly address: string
  readonly url: string
  /** Where the first account is made, once; undefined where there are accounts. Whoever has it may do everything. */
  readonly setUp?: string
  /** Takes no more requests, lets those that run end, stops the jobs, then lets go of the data. Idempotent. */
  close(): Promise<void>
  /** Settles when it has stopped; rejects where stopping failed. */
  readonly closed: Promise<void>
}
