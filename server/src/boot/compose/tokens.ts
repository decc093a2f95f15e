import type { AccessParts } from '../../core/access/access-parts.ts'
import type { AccessToken } from '../../core/access/access-tokens.ts'
import { endFamily, listFamilies, type ShownFamily } from '../../core/access/end-family.ts'
import type { KeptAnswers } from '../../core/access/kept-answers.ts'
import type { KeyOwner } from '../../core/access/keys.ts'
import type { Refreshed } from '../../core/access/token-families.ts'
import type { Judge } from '../../core/access/token-grant.ts'
import { type ScopedToken, Tokens } from '../../core/access/tokens.ts'
import type { Caller } from '../../core/ledger/caller.ts'
import type { Principal } from '../../domain/principal.ts'
import type { AccessEntry } from '../../domain/token-scope.ts'
import { type TokenTimes, usualTokenTimes } from '../../domain/token-times.ts'
import type { TokenSigner, VerifyingKey } from '../../ports/identity/token-signer.ts'

/** Of the configuration. */
export interface TokenRules extends Partial<TokenTimes> {
  /** Where clients reach the registry, which is who its tokens are from. Where it is not known, they are from its id. */
  readonly publicUrl?: string | undefined
}

/** A new access token, with the refresh token for the next one. */
export interface TokenPair {
  readonly access: AccessToken
  readonly refreshed: Refreshed
}

/** The tokens of a registry. */
export interface TokenFace {
  /** Whom they are for: what clients are told, and say when they ask for one. */
  readonly service: string
  keys(): Promise<readonly VerifyingKey[]>
  /** Of what is asked, what they may. @throws RegistryError `denied` to whoever came by a token, `parameter-invalid` */
  scoped(principal: Principal, asked: readonly AccessEntry[]): Promise<ScopedToken>
  /** The same for what a refresh token stands for. */
  scopedFor(refreshed: Refreshed, asked: readonly AccessEntry[]): Promise<ScopedToken>
  /** For a client that cannot write down another refresh token each time. undefined: they can have none. */
  offline(caller: Caller, label: string): Promise<Refreshed | undefined>
  /** @throws RegistryError `unauthenticated` */
  refresh(caller: Caller, token: string): Promise<Refreshed>
  /** For whatever they may. @throws RegistryError `denied`, `account-invalid` */
  begin(caller: Caller, label: string): Promise<TokenPair>
  /** @throws RegistryError `denied` */
  whole(principal: Principal): Promise<AccessToken>
  /** @throws RegistryError `unauthenticated` */
  renew(caller: Caller, token: string): Promise<TokenPair>
  /** @throws RegistryError `unauthenticated`, `account-unknown` */
  end(caller: Caller, family?: string): Promise<void>
  list(caller: Caller, owner: KeyOwner): Promise<readonly ShownFamily[]>
}

export interface TokenBindings {
  readonly parts: AccessParts
  readonly cache: KeptAnswers
  readonly signer: TokenSigner
  readonly rules: TokenRules
  /** Which registry it is. */
  readonly id: string
}

export function openTokens({ parts, cache, signer, rules, id }: TokenBindings): Tokens {
  const { publicUrl, ...times } = rules
  return new Tokens({
    ...parts,
    cache,
    signer,
    issuer: publicUrl ?? `urn:lading:${id}`,
    service: publicUrl === undefined ? 'lading' : new URL(publicUrl).host,
    times: { ...usualTokenTimes, ...times },
  })
}

export function bindTokens(tokens: Tokens, judge: Judge, parts: AccessParts): TokenFace {
  const pair = async (refreshed: Refreshed): Promise<TokenPair> => ({
    access: await tokens.makeWhole(refreshed),
    refreshed,
  })
  return {
    service: tokens.service,
    keys: () => tokens.keys(),
    scoped: async (principal, asked) => await tokens.makeScoped(judge, await tokens.holder(principal), asked),
    scopedFor: (refreshed, asked) => tokens.makeScoped(judge, refreshed, asked),
    offline: async (caller, label) => {
      const { root } = await tokens.holder(caller.principal)
      return root.by === 'account' || root.by === 'key'
        ? await tokens.begin(caller, { label, rotates: false })
        : undefined
    },
    refresh: (caller, token) => tokens.refresh(caller, token),
    begin: async (caller, label) => await pair(await tokens.begin(caller, { label, rotates: true })),
    whole: async (principal) => await tokens.makeWhole(await tokens.holder(principal)),
    renew: async (caller, token) => await pair(await tokens.refresh(caller, token)),
    end: (caller, family) => endFamily(parts, caller, family),
    list: (caller, owner) => listFamilies(parts, caller, owner),
  }
}
