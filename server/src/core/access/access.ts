import { RegistryError } from '../../domain/error.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import { type Sight, wholeSight } from '../../domain/search.ts'
import type { Identity } from '../../ports/identity/identity.ts'

export type AccessAction = 'read' | 'write'

/** Who may do something: anyone, or the users of these names. */
export type Allowed = 'anyone' | readonly string[]

export interface AccessRules {
  readonly read: Allowed
  readonly write: Allowed
}

/** Decides from the configuration, until there are accounts. Who may write may read. */
export class Access {
  readonly #rules: Readonly<Record<AccessAction, 'anyone' | ReadonlySet<string>>>
  readonly #identity: Identity

  constructor(rules: AccessRules, identity: Identity) {
    const asSet = (allowed: Allowed): 'anyone' | ReadonlySet<string> =>
      allowed === 'anyone' ? allowed : new Set(allowed)
    this.#rules = { read: asSet(rules.read), write: asSet(rules.write) }
    this.#identity = identity
  }

  /** Some repository would answer `unauthenticated` to an anonymous caller. */
  get wantsCredentials(): boolean {
    return this.#rules.read !== 'anyone' || this.#rules.write !== 'anyone'
  }

  may(principal: Principal, action: AccessAction, repository: RepositoryName): boolean {
    return this.#allows(principal, action) || (action === 'read' && this.may(principal, 'write', repository))
  }

  /** @throws RegistryError `unauthenticated` where logging in could help, `denied` where it cannot */
  authorize(principal: Principal, action: AccessAction, repository: RepositoryName): void {
    if (this.may(principal, action, repository)) return
    if (principal.kind === 'anonymous') {
      throw new RegistryError('unauthenticated', { reason: `log in to ${action} ${repository}` })
    }
    throw new RegistryError('denied', {
      action: `${action === 'read' ? 'reading' : 'writing'} ${repository}`,
      reason: 'your account does not have this right',
    })
  }

  /**
   * An empty list would look like an empty registry.
   * @param what they are about to do, in words
   * @throws RegistryError `unauthenticated` to who sees nothing before a login
   */
  authorizeListing(principal: Principal, what = 'list repositories'): void {
    const some = this.#allows(principal, 'read') || this.#allows(principal, 'write')
    if (some || principal.kind !== 'anonymous') return
    throw new RegistryError('unauthenticated', { reason: `log in to ${what}` })
  }

  /** Which repositories exist for this principal: every list and count asks it. */
  visible(principal: Principal): (repository: RepositoryName) => boolean {
    return (repository) => this.may(principal, 'read', repository)
  }

  /** Which artifacts exist for this principal: every search asks it. Who may read finds what is public, and what is their own. */
  sight(principal: Principal): Sight {
    if (principal.kind === 'system') return wholeSight
    if (!this.#allows(principal, 'read') && !this.#allows(principal, 'write')) return []
    const own = principal.kind === 'user' ? [{ owners: [describePrincipal(principal)] }] : []
    return [{ visibilities: ['public'] }, ...own]
  }

  /** undefined where name and password do not belong together. `from`: see Identity. */
  async login(user: string, password: string, from?: string): Promise<Principal | undefined> {
    const name = await this.#identity.verify(user, password, from)
    return name === undefined ? undefined : { kind: 'user', name }
  }

  #allows(principal: Principal, action: AccessAction): boolean {
    const allowed = this.#rules[action]
    if (allowed === 'anyone' || principal.kind === 'system') return true
    return principal.kind === 'user' && allowed.has(principal.name)
  }
}
