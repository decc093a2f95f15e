/** `manual`: a redirect is the answer; `error`: it is none. An engine may follow nobody, and take `follow` for `error`. */
export type Redirecting = 'follow' | 'manual' | 'error'

/** What is asked. Has no streams, so that it can be asked again where it is redirected. */
export interface OutgoingRequest {
  readonly method?: string
  readonly headers?: Headers | Readonly<Record<string, string>> | undefined
  readonly body?: string | Uint8Array | URLSearchParams | null | undefined
  readonly signal?: AbortSignal | null | undefined
  /** `follow` where nothing is said. */
  readonly redirect?: Redirecting | undefined
}

/**
 * Whatever is asked of others by HTTP goes out through one of these. Addresses that users have named (a webhook, a foreign registry)
 * are asked by `guarded`, which refuses what reaches this machine or its surroundings, whatever its name is and whoever redirects
 * there. What the operator has configured (a provider where people sign in) is asked by `configured`, wherever it is.
 */
export interface Outgoing {
  /** As `fetch`, of http and https alone; the answer is whole. @throws OutgoingError */
  fetch(url: string | URL, request?: OutgoingRequest): Promise<Response>
}
