import { RegistryError } from '../../../domain/error.ts'
import { oneTimeCodeForm } from '../../../ports/identity/one-time-codes.ts'
import type { NewJob } from '../../../ports/journal/journal.ts'
import { put, remove } from '../../../ports/store/change.ts'
import type { Change } from '../../../ports/store/store.ts'
import type { Deed } from '../../ledger/ledger.ts'
import { toldOf } from '../access-parts.ts'
import { noticeJob } from '../notices.ts'
import { type FactorParts, requireParty } from './factor-parts.ts'
import { findRecoveryCode } from './recovery-codes.ts'
import { openSecret } from './sealed-secret.ts'
import { passkeys, recoveryCodes, totps } from './tables.ts'

/** A code of an app or one for recovery, which are told apart by their forms; or what a passkey has signed. */
export type ShownSecond =
  | { readonly code: string }
  | { readonly passkey: unknown; readonly challenge: string }

/** That it was shown is in the batch, so that of two who show the same one comes too late. */
export interface Proved {
  readonly changes: readonly Change[]
  readonly deeds: readonly Deed[]
  readonly jobs: readonly NewJob[]
}

/** Within a decision. @throws RegistryError `unauthenticated`: it is not theirs, or was used already */
export async function proveSecond(parts: FactorParts, user: string, shown: ShownSecond): Promise<Proved> {
  if ('passkey' in shown) return await provePasskey(parts, user, shown)
  const code = shown.code.replace(/[\s-]/g, '')
  return oneTimeCodeForm.test(code)
    ? await proveTotp(parts, user, code)
    : await proveRecovery(parts, user, code)
}

async function proveTotp({ core, codes }: FactorParts, user: string, code: string): Promise<Proved> {
  const row = await core.store.get(totps, [user])
  if (row === undefined) throw wrong()
  const now = core.clock.now()
  const step = await codes.stepOf(await openSecret(core, row.secret, user), code, now)
  // RFC 6238, 5.2: a code is taken once.
  if (step === undefined || step <= row.lastStep) throw wrong()
  const { rev, ...kept } = row
  return { changes: [put(totps, { ...kept, lastStep: step, usedAt: now }, rev)], deeds: [], jobs: [] }
}

async function proveRecovery({ core }: FactorParts, user: string, code: string): Promise<Proved> {
  const row = await findRecoveryCode(core, user, code)
  if (row === undefined) throw wrong()
  return {
    changes: [remove(recoveryCodes, [user, row.hash], { rev: row.rev })],
    deeds: toldOf('recovery.use', `user:${user}`).deeds,
    jobs: [noticeJob(user, 'recovery-used')],
  }
}

async function provePasskey(
  parts: FactorParts,
  user: string,
  { passkey, challenge }: { readonly passkey: unknown; readonly challenge: string },
): Promise<Proved> {
  const { core, keys } = parts
  const credential = keys.credentialOf(passkey)
  if (credential === undefined || challenge === '') throw wrong()
  const row = await core.store.get(passkeys, { unique: 'credential', values: [credential] })
  if (row === undefined || row.user !== user) throw wrong()
  const signed = await keys.signed(passkey, { party: requireParty(parts), challenge }, row)
  if (signed === undefined) throw wrong()
  const { rev, ...kept } = row
  const used = { ...kept, counter: signed.counter, usedAt: core.clock.now() }
  return { changes: [put(passkeys, used, rev)], deeds: [], jobs: [] }
}

const wrong = (): RegistryError =>
  new RegistryError('unauthenticated', {
    reason: 'this second factor is not yours, or was used already; a code is good once, try the next one',
  })
