import { RegistryError } from '../../domain/error.ts'
import type { Principal, Via } from '../../domain/principal.ts'
import { longestToken, type TokenSigner } from '../../ports/identity/token-signer.ts'
import type { Core } from '../ledger/core.ts'
import type { Kept, KeptAnswers, NamedReads } from './kept-answers.ts'
import { bytesOfScopes, isUsable } from './known-key.ts'
import { claimsOf, sayingOf, type TokenSaying } from './token-claims.ts'
import { listingOfEntries, scopesOfEntries } from './token-grant.ts'
import type { TokenKeys } from './token-keys.ts'
import { type Standing, standingOf } from './token-root.ts'
import { tokenFamilies } from './token-tables.ts'

export interface AccessTokenParts {
  readonly core: Pick<Core, 'store' | 'clock' | 'random'>
  /** Near: what a token is good for is told to nobody else's memory. */
  readonly cache: KeptAnswers
  readonly signer: Pick<TokenSigner, 'sign' | 'verify' | 'keyIdOf'>
  readonly keys: Pick<TokenKeys, 'signing' | 'verifying'>
  readonly issuer: string
  readonly audience: string
  /** ms */
  readonly lifetime: number
}

export interface AccessToken {
  readonly token: string
  /** ms since 1970. */
  readonly issuedAt: number
  /** s */
  readonly expiresIn: number
}

/** A token that was verified: who comes with it, as long as the rows stand that it rests upon. */
interface KnownToken {
  readonly principal: Principal
  readonly standing: Standing
  /** ms since 1970. */
  readonly until: number
}

/** RFC 6750, section 2.1. */
const form = /^[A-Za-z0-9._~+/-]+=*$/
/** Bytes of what is kept of a token beside itself, which is there twice, roughly. */
const keptBytes = 1_000

/** Tokens of a few minutes, which are asked for what they rest upon each time that they are shown. */
export class AccessTokens {
  readonly #parts: AccessTokenParts

  constructor(parts: AccessTokenParts) {
    this.#parts = parts
  }

  /** @throws RegistryError `parameter-invalid`: it would say too much to be sent in a header */
  async make(saying: TokenSaying): Promise<AccessToken> {
    const { core, signer, keys, issuer, audience, lifetime } = this.#parts
    const now = core.clock.now()
    const issuedAt = Math.floor(now / 1000)
    const expiresIn = Math.floor(lifetime / 1000)
    const id = saying.family === undefined ? core.random.uuid() : idWithin(saying.family, core.random.uuid())
    const issued = { issuer, audience, id, issuedAt, expiresAt: issuedAt + expiresIn }
    const token = await signer.sign(await keys.signing(), claimsOf(saying, issued))
    if (token.length > longestToken)
      throw new RegistryError('parameter-invalid', {
        parameter: 'scope',
        reason: 'it names more than fits into one token',
      })
    return { token, issuedAt: issuedAt * 1000, expiresIn }
  }

  /** Who comes with a token; at once where it was shown before. undefined: it is none, or not any more. Rejects with StoreError. */
  signIn(token: string, from: string | undefined): Principal | undefined | Promise<Principal | undefined> {
    if (token.length > longestToken) return undefined
    const kept = this.#parts.cache.peek<KnownToken | undefined>(keptAs(token))
    return kept === undefined ? this.#look(token, from) : this.#asked(kept.value, from)
  }

  #asked(known: KnownToken | undefined, from: string | undefined): Principal | undefined {
    const now = this.#parts.core.clock.now()
    const isGood = known !== undefined && now < known.until && isUsable(known.standing, now, from)
    return isGood ? known.principal : undefined
  }

  async #look(token: string, from: string | undefined): Promise<Principal | undefined> {
    const { core, cache, signer, keys, issuer, audience } = this.#parts
    const id = form.test(token) ? signer.keyIdOf(token) : undefined
    if (id === undefined) return undefined
    const expected = { keys: await keys.verifying(id), issuer, audience, now: core.clock.now() }
    const claims = await signer.verify(token, expected)
    const saying = claims && sayingOf(claims)
    // What nobody has signed is not kept: it would take the place of something else.
    if (claims === undefined || saying === undefined) return undefined
    const read = (reads: NamedReads): Promise<Kept<KnownToken | undefined>> =>
      this.#read(saying, { id: claims.jti, until: claims.exp * 1000, length: token.length }, reads)
    return this.#asked(await cache.load(keptAs(token), read), from)
  }

  async #read(
    saying: TokenSaying,
    { id, until, length }: { readonly id: string; readonly until: number; readonly length: number },
    reads: NamedReads,
  ): Promise<Kept<KnownToken | undefined>> {
    const { core } = this.#parts
    const bytes = keptBytes + 2 * length
    if (saying.family !== undefined) {
      reads.row(tokenFamilies, [saying.family])
      const family = await core.store.get(tokenFamilies, [saying.family])
      if (family === undefined) return { value: undefined, bytes }
    }
    const standing = await standingOf(core, saying, reads)
    if (standing === undefined) return { value: undefined, bytes }
    const { scopes } = standing
    return {
      value: { principal: principalWith(standing, saying, id), standing, until },
      bytes: bytes + (scopes === undefined ? 0 : bytesOfScopes * JSON.stringify(scopes).length),
    }
  }
}

/** Told by the id of any of its tokens. */
export function isOfFamily({ kind, id }: Via, family: string): boolean {
  return kind === 'token' && id.startsWith(idWithin(family, ''))
}

export function familyOf({ kind, id }: Via): string | undefined {
  const end = id.indexOf('.')
  return kind === 'token' && end !== -1 ? id.slice(0, end) : undefined
}

const idWithin = (family: string, rest: string): string => `${family}.${rest}`

const keptAs = (token: string): string => `token ${token}`

function principalWith(
  { owner, scopes: within }: Standing,
  { access, root }: Pick<TokenSaying, 'access' | 'root'>,
  id: string,
): Principal {
  if (owner.kind === 'anonymous') return owner
  const token = { kind: 'token', id, ...(root.by === 'key' && { key: root.key }) } as const
  if (access === undefined)
    return { ...owner, via: { ...token, ...(within !== undefined && { scopes: within }) } }
  const scopes = scopesOfEntries(access, within)
  return { ...owner, via: { ...token, scopes, listing: listingOfEntries(access, within) } }
}
