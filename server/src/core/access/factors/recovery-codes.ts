import { createHash } from 'node:crypto'
import { insert, remove } from '../../../ports/store/change.ts'
import type { Change, Stored } from '../../../ports/store/store.ts'
import type { Core } from '../../ledger/core.ts'
import { type RecoveryCodeRow, recoveryCodes } from './tables.ts'

const howMany = 10
/** 80 bits: nobody finds one by its hash either. */
const codeBytes = 10
/** base32 as people type it (RFC 4648, 6), in small letters. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const form = /^[a-z2-7]{16}$/

type Parts = Pick<Core, 'store' | 'clock' | 'random'>

export interface MadeCodes {
  /** To be shown once: they are kept nowhere. */
  readonly codes: readonly string[]
  /** In place of all earlier ones. */
  readonly changes: readonly Change[]
}

/** For a user who has a second factor, in a batch of others. */
export async function newRecoveryCodes(core: Parts, user: string): Promise<MadeCodes> {
  const codes = Array.from({ length: howMany }, () => textOf(core.random.bytes(codeBytes)))
  const createdAt = core.clock.now()
  return {
    codes,
    changes: [
      ...(await withoutCodes(core, user)),
      ...codes.map((code) => insert(recoveryCodes, { user, hash: hashOf(user, code), createdAt })),
    ],
  }
}

/** The row of a code that is good; undefined: it is none, or was used. */
export async function findRecoveryCode(
  { store }: Pick<Core, 'store'>,
  user: string,
  code: string,
): Promise<Stored<RecoveryCodeRow> | undefined> {
  const plain = code.toLowerCase().replace(/[\s-]/g, '')
  return form.test(plain) ? await store.get(recoveryCodes, [user, hashOf(user, plain)]) : undefined
}

export async function withoutCodes(core: Pick<Core, 'store'>, user: string): Promise<readonly Change[]> {
  const rows = await recoveryCodesOf(core, user)
  return rows.map(({ hash, rev }) => remove(recoveryCodes, [user, hash], { rev }))
}

export async function recoveryCodesOf(
  { store }: Pick<Core, 'store'>,
  user: string,
): Promise<readonly Stored<RecoveryCodeRow>[]> {
  return (await store.find(recoveryCodes, { index: 'byUser', eq: [user], limit: 100 })).rows
}

function textOf(bytes: Uint8Array): string {
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  const characters = Array.from(
    { length: 16 },
    (_, at) => alphabet[Number((bits >> BigInt(75 - 5 * at)) & 31n)],
  )
  return characters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

const hashOf = (user: string, code: string): string =>
  createHash('sha256')
    .update(`${user}:${code.replaceAll('-', '')}`)
    .digest('hex')
