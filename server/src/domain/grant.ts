import { matchesGlob } from './glob.ts'
import type { Permission, Target } from './permission.ts'

/**
 * To whom rights are given: `anyone`, also who has not said who they are; `users`, everybody who has; `user:ada`,
 * `robot:acme/ci`, or `team:acme/release`, whoever is in it.
 */
export type Grantee = 'anyone' | 'users' | `user:${string}` | `robot:${string}` | `team:${string}`

const granteeForm = /^(?:anyone|users|(?:user|robot|team):.+)$/

export function isGrantee(text: string): text is Grantee {
  return granteeForm.test(text)
}

/** Where a right holds. `*` alone is everywhere; names and kinds are globs. */
export interface GrantScope {
  /** One, or `*` for all of them. */
  readonly namespace: string
  readonly kind: string
  readonly name: string
}

export interface Grant extends GrantScope {
  readonly id: string
  readonly to: Grantee
  /** A built-in role, or one of the registry's own. */
  readonly role: string
}

/** What a key or a token may be used for at most: whoever has it may do no more than its owner, and no more than this. */
export interface KeyScope extends GrantScope {
  readonly permissions: readonly Permission[]
}

/** Whether `target` is within; a namespace as a whole is only where the scope has all of it. */
export function isWithin({ namespace, kind, name }: GrantScope, target: Target): boolean {
  if (namespace !== '*' && namespace !== target.namespace) return false
  if (target.kind === '' && target.name === '') return kind === '*' && name === '*'
  return matchesGlob(kind, target.kind) && matchesGlob(name, target.name)
}
