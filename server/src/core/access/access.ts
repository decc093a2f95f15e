import { isApiKey } from '../../domain/api-key.ts'
import { RegistryError } from '../../domain/error.ts'
import { isWithin } from '../../domain/grant.ts'
import { type Permission, type Target, toPush } from '../../domain/permission.ts'
import type { Principal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Sight } from '../../domain/search.ts'
import type { Decision, Rights } from './rights.ts'
import type { RightsBook } from './rights-book.ts'
import type { Sessions } from './sessions.ts'
import type { FirstStep, SignIn } from './sign-in.ts'
import { type Needed, targetOf } from './target-of.ts'
import type { Tokens } from './tokens.ts'

const anonymous: Principal = { kind: 'anonymous' }

/** Who may do what. Decisions are made from memory, once `ready` has seen to it that what stands there is true. */
export class Access {
  readonly #signIn: Pick<SignIn, 'signIn' | 'firstStep'>
  readonly #book: Pick<RightsBook, 'known' | 'latest' | 'current'>
  readonly #sessions: Pick<Sessions, 'find'> | undefined
  readonly #tokens: Pick<Tokens, 'signIn'> | undefined

  /** Without `sessions` and `tokens` nobody comes in by one. */
  constructor(
    signIn: Pick<SignIn, 'signIn' | 'firstStep'>,
    book: Pick<RightsBook, 'known' | 'latest' | 'current'>,
    { sessions, tokens }: { sessions?: Pick<Sessions, 'find'>; tokens?: Pick<Tokens, 'signIn'> } = {},
  ) {
    this.#signIn = signIn
    this.#book = book
    this.#sessions = sessions
    this.#tokens = tokens
  }

  /** Before anything is decided for a request; undefined: at once. Rejects with StoreError where rights cannot be read. */
  ready(): Promise<void> | undefined {
    if (this.#book.known !== undefined) return undefined
    return this.#book.current().then(() => undefined)
  }

  /** The same, with where they come from, where that decides something. */
  placed(principal: Principal, from: string | undefined): Principal {
    return principal.kind !== 'system' && this.#rights.mindsAddresses
      ? { ...principal, from: from ?? '' }
      : principal
  }

  decide(principal: Principal, permission: Permission, repository: RepositoryName): Decision {
    return this.#rights.decide(principal, permission, targetOf(repository))
  }

  may(principal: Principal, needed: Needed, repository: RepositoryName): boolean {
    const target = targetOf(repository)
    const rights = this.#rights
    const isGiven = (permission: Permission): boolean => rights.decide(principal, permission, target).allowed
    return typeof needed === 'string' ? isGiven(needed) : needed.some(isGiven)
  }

  /**
   * What somebody may not read is answered as if it were not there.
   * @throws RegistryError `unauthenticated` where logging in could help; `name-unknown`, `denied` where it cannot
   */
  authorize(principal: Principal, needed: Needed, repository: RepositoryName): void {
    if (this.may(principal, needed, repository)) return
    if (isTokenShort(principal, needed, targetOf(repository))) {
      throw new RegistryError('unauthenticated', {
        reason: `the token does not allow this in ${repository}: you may not do it, or it is a token for less`,
        token: 'insufficient',
      })
    }
    const isReading = needed === 'artifacts:read'
    if (principal.kind === 'anonymous') {
      throw new RegistryError('unauthenticated', {
        reason: `log in to ${isReading ? 'read' : 'write'} ${repository}`,
      })
    }
    if (isReading) throw new RegistryError('name-unknown', { name: repository }, { isOfRights: true })
    throw new RegistryError('denied', {
      action: `writing ${repository}`,
      reason: 'your account does not have this right',
    })
  }

  /**
   * An empty list would look like an empty registry.
   * @param what they are about to do, in words
   * @throws RegistryError `unauthenticated` to who sees nothing before a login
   */
  authorizeListing(principal: Principal, what = 'list repositories'): void {
    if (principal.kind !== 'anonymous' || this.#rights.mayAnywhere(principal, 'artifacts:read')) return
    throw new RegistryError('unauthenticated', { reason: `log in to ${what}` })
  }

  /** Who comes with a token; at once where it was shown before. undefined: it is none, or not any more. */
  bearer(token: string, from?: string): Principal | undefined | Promise<Principal | undefined> {
    // Clients that know one header alone send keys in it too.
    if (isApiKey(token)) return this.#signIn.signIn({ user: '', secret: token, from })
    return this.#tokens?.signIn(token, from)
  }

  /** Which repositories exist for this principal: every list and count asks it. */
  visible(principal: Principal): (repository: RepositoryName) => boolean {
    return (repository) => this.may(principal, 'artifacts:read', repository)
  }

  /** Some repository would answer `unauthenticated` to an anonymous caller. */
  get wantsCredentials(): boolean {
    return !toPush.every((permission) => this.#rights.mayEverywhere(anonymous, permission))
  }

  /** undefined where name and password do not belong together, and where a key is none. `from`: their address. */
  async login(user: string, secret: string, from?: string): Promise<Principal | undefined> {
    return await this.#signIn.signIn({ user, secret, from })
  }

  /** Of a login by a page: whoever has an account goes on from there. undefined as for `login`, and of a key. */
  async firstStep(user: string, secret: string, from?: string): Promise<FirstStep | undefined> {
    return await this.#signIn.firstStep({ user, secret, from })
  }

  /** undefined: it is no session, or none any more. */
  async session(token: string): Promise<Principal | undefined> {
    return await this.#sessions?.find(token)
  }

  /** Which artifacts exist for this principal: every search asks it. */
  sight(principal: Principal): Sight {
    return this.#rights.sightOf(principal)
  }

  /** What a role holds; undefined: there is none of that name. */
  permissionsOf(role: string): ReadonlySet<Permission> | undefined {
    return this.#rights.permissionsOf(role)
  }

  get #rights(): Rights {
    // Where they change after `ready`: what was read last is never older than what that has seen.
    const rights = this.#book.latest
    if (rights !== undefined) return rights
    throw new Error('rights are asked for before they were read')
  }
}

/** Whoever has a token for less can get another one, if they may do more; what is there and what is not is the same to them. */
function isTokenShort(principal: Principal, needed: Needed, target: Target): boolean {
  const via = 'via' in principal ? principal.via : undefined
  // One for nothing in particular is good for all that its owner may.
  if (via?.kind !== 'token' || via.listing === undefined) return false
  const wanted = typeof needed === 'string' ? [needed] : needed
  return !(via.scopes ?? []).some(
    (scope) => isWithin(scope, target) && wanted.some((permission) => scope.permissions.includes(permission)),
  )
}
