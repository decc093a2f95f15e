import { RegistryError } from '../../../domain/error.ts'
import { timeOrderedId } from '../../../domain/time-ordered-id.ts'
import { challengeBytes, type Passkey } from '../../../ports/identity/passkeys.ts'
import { insert } from '../../../ports/store/change.ts'
import type { Stored } from '../../../ports/store/store.ts'
import type { Caller } from '../../ledger/caller.ts'
import { toldOf } from '../access-parts.ts'
import { requireAccount } from '../accounts.ts'
import { checkLine, invalid } from '../check-account.ts'
import { noticeJob } from '../notices.ts'
import type { Added } from './add-totp.ts'
import { oneMore } from './count-factors.ts'
import { type FactorParts, ownerOfFactors, requireParty } from './factor-parts.ts'
import { passkeysOf } from './list-factors.ts'
import { beginPending, endPending, requirePending } from './pending-factor.ts'
import { type Fresh, requireFresh } from './require-fresh.ts'
import { type PendingFactorRow, passkeys } from './tables.ts'

const what = 'adding a second factor'
/** Of one user. */
const mostPasskeys = 20
/** Bytes of its id: Web Authentication, 4, "credential ID". */
const longestCredential = 1_023
const usualLabel = 'a passkey'

/**
 * What a browser is to make one by.
 * @throws RegistryError `unauthenticated`, `denied`, `too-many-requests`, `unsupported`, `too-large`
 */
export async function beginPasskey(
  parts: FactorParts,
  caller: Caller,
  fresh: Fresh,
): Promise<{ readonly options: object; readonly expiresAt: number }> {
  const { core, keys } = parts
  const party = requireParty(parts)
  const { name: user, still } = await requireFresh(parts, caller, { ...fresh, what })
  const known = await passkeysOf(core, user)
  if (known.length >= mostPasskeys)
    throw new RegistryError('too-large', { what: 'the number of your passkeys', limit: mostPasskeys })
  const secret = core.random.bytes(challengeBytes)
  const lifetime = parts.secondFactors.stepTime
  const expiresAt = await beginPending(core, caller, { user, kind: 'passkey', secret, lifetime, still })
  const ceremony = { party, challenge: challengeOf(secret) }
  const credentials = known.map(({ credential }) => credential)
  return { options: await keys.creationOptions(ceremony, { user, known: credentials }), expiresAt }
}

/**
 * @param made what the browser answers (RegistrationResponseJSON)
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-exists`
 */
export async function confirmPasskey(
  parts: FactorParts,
  caller: Caller,
  { made, label = '' }: { readonly made: unknown; readonly label?: string },
): Promise<Added> {
  const { core, keys } = parts
  const { name: user } = ownerOfFactors(caller, what)
  const shown = checkLine(label, 'label') || usualLabel
  const pending = await takePending(parts, caller, user)
  const ceremony = { party: requireParty(parts), challenge: challengeOf(pending.secret) }
  const passkey = await keys.made(made, ceremony)
  if (passkey === undefined || Buffer.byteLength(passkey.credential, 'base64url') > longestCredential)
    throw invalid('passkey', 'it was not made for this, or not here; begin again')
  return await core.ledger.change(caller, async () => {
    await requireNew(parts, passkey)
    const account = await requireAccount(parts, 'user', user)
    if (account.epoch !== pending.epoch)
      throw new RegistryError('denied', { action: what, reason: 'the password was changed meanwhile' })
    const now = core.clock.now()
    const id = timeOrderedId(now, core.random.uuid())
    const { changes, recoveryCodes } = await oneMore(core, account)
    return {
      value: { recoveryCodes },
      changes: [
        insert(passkeys, { ...{ id, user, label: shown, ...passkey }, createdAt: now, usedAt: 0 }),
        ...changes,
      ],
      jobs: [noticeJob(user, 'factor-added')],
      ...toldOf('factor.add', `user:${user}`, { after: `passkey:${id}` }),
    }
  })
}

/** A challenge is used by the first answer to it, whatever that is. */
async function takePending(
  { core }: FactorParts,
  caller: Caller,
  user: string,
): Promise<Stored<PendingFactorRow>> {
  return await core.ledger.keep(async () => {
    const pending = await requirePending(core, caller, { user, kind: 'passkey' })
    return { value: pending, changes: [endPending(pending)] }
  })
}

/** One key is one person's. @throws RegistryError `account-exists` */
async function requireNew({ core }: FactorParts, { credential }: Passkey): Promise<void> {
  const known = await core.store.get(passkeys, { unique: 'credential', values: [credential] })
  if (known !== undefined) throw new RegistryError('account-exists', { what: 'factor', name: 'passkey' })
}

const challengeOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
