import type { KeyScope } from './grant.ts'

/**
 * How somebody has said who they are. `id` names the key, session or token, and says nothing that could be used; with
 * `scopes` it is good for these alone.
 */
export interface Via {
  readonly kind: 'password' | 'session' | 'key' | 'token' | 'setup'
  readonly id: string
  readonly scopes?: readonly KeyScope[]
  /** Of a token that was made with a key: its id. A token is over before anybody asks, and the key goes on. */
  readonly key?: string
  /** Of a token that has scopes: which repositories may be listed with it. */
  readonly listing?: readonly KeyScope[]
  /** Of a password or a session: that of the account when it was shown. */
  readonly epoch?: number
}

export interface Placed {
  /** The address that they come from, where it matters; empty where it is not known. Absent: they come by no network. */
  readonly from?: string
}

/**
 * Who asks. A robot is a machine's account of a namespace. `system` is Lading itself: a job, or an operator at the console;
 * `name` says which.
 */
export type Principal =
  | (Placed & { readonly kind: 'anonymous' })
  | (Placed & { readonly kind: 'user'; readonly name: string; readonly via?: Via })
  | (Placed & {
      readonly kind: 'robot'
      readonly namespace: string
      readonly name: string
      readonly via?: Via
    })
  | { readonly kind: 'system'; readonly name: string }

/** For audit entries and logs. Injective: no user can pass for the system. */
export function describePrincipal(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'user':
      return `user:${principal.name}`
    case 'robot':
      return `robot:${principal.namespace}/${principal.name}`
    case 'system':
      return `system:${principal.name}`
  }
}

/** By what they have said who they are: `key:` and its id, `token:1 by key:2`. Empty where nobody asked them. */
export function describeVia(principal: Principal): string {
  const via = 'via' in principal ? principal.via : undefined
  if (via === undefined) return ''
  const said = via.id === '' ? via.kind : `${via.kind}:${via.id}`
  return via.key === undefined ? said : `${said} by key:${via.key}`
}

/** What the key that they show is good for; undefined: for all that they may. */
export function scopesOf(principal: Principal): readonly KeyScope[] | undefined {
  return 'via' in principal ? principal.via?.scopes : undefined
}

/** The same, wherever they come from. */
export function fromAnywhere(principal: Principal): Principal {
  if (principal.kind === 'system') return principal
  const { from: _, ...rest } = principal
  return rest
}
