import type { Principal } from '../../domain/principal.ts'
import type { AccessEntry } from '../../domain/token-scope.ts'
import type { TokenTimes } from '../../domain/token-times.ts'
import type { TokenSigner, VerifyingKey } from '../../ports/identity/token-signer.ts'
import type { Caller } from '../ledger/caller.ts'
import type { AccessParts } from './access-parts.ts'
import { type AccessToken, AccessTokens } from './access-tokens.ts'
import type { KeptAnswers } from './kept-answers.ts'
import { beginFamily, type NewFamily, type Refreshed, refreshFamily } from './token-families.ts'
import { grantedOf, type Judge } from './token-grant.ts'
import { TokenKeys } from './token-keys.ts'
import { rootOf, type TokenHolder, type TokenOwner } from './token-root.ts'

export interface TokenParts extends AccessParts {
  /** Near: nothing of tokens is told to anybody else's memory. */
  readonly cache: KeptAnswers
  readonly signer: TokenSigner
  /** Who makes them: where the registry is reached, or which one it is. */
  readonly issuer: string
  /** Whom they are for. */
  readonly service: string
  readonly times: TokenTimes
}

/** A token, and what it is good for of what was asked. */
export interface ScopedToken extends AccessToken {
  readonly granted: readonly AccessEntry[]
}

/** Tokens of a few minutes, and those that they are refreshed by. */
export class Tokens {
  readonly service: string
  readonly #parts: TokenParts & { readonly refreshLifetime: number }
  readonly #keys: TokenKeys
  readonly #access: AccessTokens

  constructor(parts: TokenParts) {
    const { core, cache, signer, issuer, service, times } = parts
    this.service = service
    this.#parts = { ...parts, refreshLifetime: times.refreshLifetime }
    this.#keys = new TokenKeys({ core, cache, signer, rotation: times.keyRotation })
    this.#access = new AccessTokens({
      core,
      cache,
      signer,
      keys: this.#keys,
      issuer,
      audience: service,
      lifetime: times.lifetime,
    })
  }

  /** Who comes with a token; at once where it was shown before. undefined: it is none, or not any more. Rejects with StoreError. */
  signIn(token: string, from: string | undefined): Principal | undefined | Promise<Principal | undefined> {
    return this.#access.signIn(token, from)
  }

  /** By which others can tell this registry's tokens. */
  async keys(): Promise<readonly VerifyingKey[]> {
    // One is made where there is none yet, so that nobody keeps an empty list.
    await this.#keys.signing()
    return await this.#keys.verifying()
  }

  /** @throws RegistryError `denied` to whoever came by a token */
  async holder(principal: Principal): Promise<TokenHolder> {
    const root = await rootOf(this.#parts.core, principal)
    return { principal, owner: ownerWithout(principal), root }
  }

  /** For some repositories: what the holder may of what is asked. @throws RegistryError `parameter-invalid` */
  async makeScoped(judge: Judge, holder: TokenHolder, asked: readonly AccessEntry[]): Promise<ScopedToken> {
    const granted = grantedOf(judge, holder.principal, asked)
    return { ...(await this.#access.make({ ...holder, access: granted })), granted }
  }

  /** For whatever the holder may. */
  async makeWhole(holder: TokenHolder): Promise<AccessToken> {
    return await this.#access.make(holder)
  }

  /** @throws RegistryError `denied`, `account-invalid` */
  async begin(caller: Caller, family: NewFamily): Promise<Refreshed> {
    return await beginFamily(this.#parts, caller, family)
  }

  /** @throws RegistryError `unauthenticated` */
  async refresh(caller: Caller, token: string): Promise<Refreshed> {
    return await refreshFamily(this.#parts, caller, token)
  }
}

/** How somebody came in is another question. */
function ownerWithout(principal: Principal): TokenOwner {
  switch (principal.kind) {
    case 'anonymous':
      return principal
    case 'user':
      return { kind: 'user', name: principal.name }
    case 'robot':
      return { kind: 'robot', namespace: principal.namespace, name: principal.name }
    case 'system':
      throw new Error('the system has no token')
  }
}
