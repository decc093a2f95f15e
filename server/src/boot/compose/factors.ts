import { beginPasskey, confirmPasskey } from '../../core/access/factors/add-passkey.ts'
import { type Added, beginTotp, confirmTotp, type NewTotp } from '../../core/access/factors/add-totp.ts'
import {
  type FactorParts,
  type SecondFactorSettings,
  usualSecondFactors,
} from '../../core/access/factors/factor-parts.ts'
import { listFactors, type ShownFactors } from '../../core/access/factors/list-factors.ts'
import { removeFactor, renewRecoveryCodes, resetFactors } from '../../core/access/factors/remove-factor.ts'
import type { Fresh } from '../../core/access/factors/require-fresh.ts'
import {
  type Answered,
  type Entered,
  enter,
  finishSecondStep,
  type SecondStep,
  showSecondStep,
} from '../../core/access/factors/second-step.ts'
import type { NewSession, SessionSettings } from '../../core/access/sessions.ts'
import type { Caller } from '../../core/ledger/caller.ts'
import { RegistryError } from '../../domain/error.ts'
import type { OneTimeCodes } from '../../ports/identity/one-time-codes.ts'
import type { Passkeys, RelyingParty } from '../../ports/identity/passkeys.ts'

/** Of the configuration. */
export interface SecondFactorRules extends Partial<SecondFactorSettings> {
  /** undefined: there are no passkeys. */
  readonly party?: RelyingParty | undefined
  /** What apps for codes show. */
  readonly issuer?: string
}

export interface SecondFactorPorts {
  readonly codes: OneTimeCodes
  readonly passkeys: Passkeys
}

/** The second factors of accounts, and logins by them. Each looks whether the caller may. */
export interface FactorFace {
  /** There is a name by which a browser can tell this registry from others. */
  readonly hasPasskeys: boolean
  /** Who has shown a password, or a link that stands for one. @throws RegistryError `account-unknown` */
  enter(caller: Caller, begun: NewSession): Promise<Entered>
  /** @throws RegistryError `unauthenticated` */
  showStep(half: string): Promise<SecondStep>
  /** @throws RegistryError `unauthenticated`, `too-many-requests` */
  finishStep(
    caller: Caller,
    shown: Omit<NewSession, 'user' | 'epoch'> & { readonly half: string; readonly answered: Answered },
  ): Promise<{ readonly user: string; readonly session: string }>
  list(caller: Caller): Promise<ShownFactors>
  beginTotp(caller: Caller, fresh: Fresh): Promise<NewTotp>
  confirmTotp(caller: Caller, code: string): Promise<Added>
  beginPasskey(
    caller: Caller,
    fresh: Fresh,
  ): Promise<{ readonly options: object; readonly expiresAt: number }>
  confirmPasskey(caller: Caller, made: { readonly made: unknown; readonly label?: string }): Promise<Added>
  remove(caller: Caller, which: Fresh & { readonly factor: string }): Promise<void>
  renewRecoveryCodes(caller: Caller, fresh: Fresh): Promise<readonly string[]>
  /** Of somebody else. @throws RegistryError `unauthenticated`, `denied`, `account-unknown` */
  reset(caller: Caller, user: string): Promise<void>
}

export function factorParts(
  parts: Omit<FactorParts, 'codes' | 'keys' | 'party' | 'issuer' | 'secondFactors'>,
  { codes, passkeys }: SecondFactorPorts = noSecondFactors,
  { party, issuer = 'Lading', ...settings }: SecondFactorRules = {},
): FactorParts {
  return {
    ...parts,
    codes,
    keys: passkeys,
    party,
    issuer,
    secondFactors: { ...usualSecondFactors, ...settings },
  }
}

export function bindFactors(parts: FactorParts, { lifetime }: SessionSettings): FactorFace {
  return {
    hasPasskeys: parts.party !== undefined,
    enter: (caller, begun) => enter(parts, caller, { ...begun, lifetime }),
    showStep: (half) => showSecondStep(parts, half),
    finishStep: (caller, shown) => finishSecondStep(parts, caller, { ...shown, lifetime }),
    list: (caller) => listFactors(parts, caller),
    beginTotp: (caller, fresh) => beginTotp(parts, caller, fresh),
    confirmTotp: (caller, code) => confirmTotp(parts, caller, code),
    beginPasskey: (caller, fresh) => beginPasskey(parts, caller, fresh),
    confirmPasskey: (caller, made) => confirmPasskey(parts, caller, made),
    remove: (caller, which) => removeFactor(parts, caller, which),
    renewRecoveryCodes: (caller, fresh) => renewRecoveryCodes(parts, caller, fresh),
    reset: (caller, user) => resetFactors(parts, caller, user),
  }
}

function unsupported(): never {
  throw new RegistryError('unsupported', { what: 'second factors, without a server,' })
}

/** Where nobody logs in by a page: none is added, and none is taken. */
const noSecondFactors: SecondFactorPorts = {
  codes: {
    uriOf: async () => unsupported(),
    textOf: async () => unsupported(),
    stepOf: async () => unsupported(),
  },
  passkeys: {
    creationOptions: async () => unsupported(),
    requestOptions: async () => unsupported(),
    made: async () => unsupported(),
    credentialOf: unsupported,
    signed: async () => unsupported(),
  },
}
