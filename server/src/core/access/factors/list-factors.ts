import type { Stored } from '../../../ports/store/store.ts'
import type { Caller } from '../../ledger/caller.ts'
import type { Core } from '../../ledger/core.ts'
import { type FactorParts, ownerOfFactors } from './factor-parts.ts'
import type { FactorKind } from './pending-factor.ts'
import { recoveryCodesOf } from './recovery-codes.ts'
import { type PasskeyRow, passkeys, totps } from './tables.ts'

/** Times in ms since 1970; `usedAt` is 0 of one that was never used. */
export interface ShownFactor {
  /** Of the app for codes it is `totp`: there is one. */
  readonly id: string
  readonly kind: FactorKind
  readonly label: string
  readonly createdAt: number
  readonly usedAt: number
}

export interface ShownFactors {
  readonly factors: readonly ShownFactor[]
  /** How many codes for recovery are left. */
  readonly recoveryCodes: number
}

/** One's own. @throws RegistryError `unauthenticated`, `denied` */
export async function listFactors({ core }: FactorParts, caller: Caller): Promise<ShownFactors> {
  const { name } = ownerOfFactors(caller, 'looking at second factors')
  const totp = await core.store.get(totps, [name])
  const keys = await passkeysOf(core, name)
  return {
    factors: [
      ...(totp === undefined
        ? []
        : [
            {
              ...{ id: 'totp', kind: 'totp' as const, label: 'an app for codes' },
              createdAt: totp.createdAt,
              usedAt: totp.usedAt,
            },
          ]),
      ...keys.map(({ id, label, createdAt, usedAt }) => ({
        ...{ id, kind: 'passkey' as const, label, createdAt, usedAt },
      })),
    ],
    recoveryCodes: (await recoveryCodesOf(core, name)).length,
  }
}

/** The oldest first. */
export async function passkeysOf(
  { store }: Pick<Core, 'store'>,
  user: string,
): Promise<readonly Stored<PasskeyRow>[]> {
  return (await store.find(passkeys, { index: 'byUser', eq: [user], limit: 100 })).rows
}
