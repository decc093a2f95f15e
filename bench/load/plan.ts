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
      /** Each client asks for the same again and again, over one connection. */
      readonly kind: 'ask'
      readonly origin: string
      readonly clients: number
      readonly warmSeconds: number
      readonly seconds: number
      readonly path: string
      readonly headers: Readonly<Record<string, string>>
      readonly expect: Expected
    }
  | {
      /** Each client logs in by Basic credentials, once wrongly and then as another user each time. */
      readonly kind: 'log-in'
      readonly origin: string
      readonly clients: number
      readonly seconds: number
      readonly users: LoginUsers
    }
  | {
      readonly kind: 'download'
      readonly origin: string
      readonly path: string
      readonly seconds: number
      readonly bytes: number
    }

/** What every answer is, beside its status 200: these bytes, or a body that begins so. */
export type Expected = { readonly digest: string } | { readonly begins: string }

export interface LoginUsers {
  /** They are called so, with a number behind, from `first` on. */
  readonly prefix: string
  readonly first: number
  readonly count: number
  /** All of them have the same. */
  readonly password: string
}

export interface Done {
  /** Blobs, artifacts, downloads, answers or logins. */
  readonly times: number
  readonly bytes: number
  /** From the first request to the last answer. */
  readonly seconds: number
}
