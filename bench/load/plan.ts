/** What the load generator is asked to do, in a process of its own. */
export type Plan =
  | {
      readonly kind: 'push-blobs'
      readonly origin: string
      readonly clients: number
      /** Before those that count: compilers wake up, threads get connections. */
      readonly warmSeconds: number
      readonly seconds: number
      readonly bytes: number
    }
  | {
      readonly kind: 'push-artifacts'
      readonly origin: string
      readonly clients: number
      /** Before those that count: compilers wake up, threads get connections. */
      readonly warmSeconds: number
      readonly seconds: number
      readonly bytes: number
    }
  | {
      readonly kind: 'download'
      readonly origin: string
      readonly path: string
      readonly seconds: number
      readonly bytes: number
    }

export interface Done {
  /** Blobs, artifacts or downloads. */
  readonly times: number
  readonly bytes: number
  /** From the first request to the last answer. */
  readonly seconds: number
}
