import { RegistryError } from '../../../domain/error.ts'
import type { Principal } from '../../../domain/principal.ts'
import type { OneTimeCodes } from '../../../ports/identity/one-time-codes.ts'
import type { Passkeys, RelyingParty } from '../../../ports/identity/passkeys.ts'
import type { Caller } from '../../ledger/caller.ts'
import type { Core } from '../../ledger/core.ts'
import type { AccessParts } from '../access-parts.ts'
import type { PasswordParts } from '../set-password.ts'
import { secondFactors } from './tables.ts'

export interface SecondFactorSettings {
  /** How long somebody has for the second step of a login, and to confirm a new factor, ms. */
  readonly stepTime: number
  /** So many wrong codes are free; after each further one there is a wait, twice as long as the one before. */
  readonly tries: number
  /** The longest of these waits, ms. */
  readonly longestWait: number
}

export const usualSecondFactors: SecondFactorSettings = {
  stepTime: 10 * 60_000,
  tries: 5,
  longestWait: 3_600_000,
}

/** What the use cases of second factors work with. */
export interface FactorParts extends AccessParts, PasswordParts {
  readonly codes: OneTimeCodes
  readonly keys: Passkeys
  /** undefined: the registry has no name by which a browser could tell it from others. */
  readonly party: RelyingParty | undefined
  /** Who a code is for, as apps show it. */
  readonly issuer: string
  readonly secondFactors: SecondFactorSettings
}

/** A password is not enough for them. */
export async function wantsSecond(store: Pick<Core['store'], 'get'>, user: string): Promise<boolean> {
  return (await store.get(secondFactors, [user])) !== undefined
}

/** Whose factors they are: nobody changes them with a key that is good for less. @throws RegistryError `unauthenticated`, `denied` */
export function ownerOfFactors({ principal }: Caller, what: string): Extract<Principal, { kind: 'user' }> {
  if (principal.kind === 'anonymous')
    throw new RegistryError('unauthenticated', { reason: `log in for ${what}` })
  if (principal.kind !== 'user' || principal.via?.scopes !== undefined)
    throw new RegistryError('denied', { action: what, reason: 'it takes a login of the user' })
  return principal
}

/** @throws RegistryError `unsupported` */
export function requireParty({ party }: FactorParts): RelyingParty {
  if (party !== undefined) return party
  throw new RegistryError('unsupported', {
    what: 'a passkey at an address without a name (its operator can set publicUrl)',
  })
}
