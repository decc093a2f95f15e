import { createHash } from 'node:crypto'
import { randomCharacters } from '../../../domain/checked-secret.ts'
import { RegistryError } from '../../../domain/error.ts'
import { challengeBytes } from '../../../ports/identity/passkeys.ts'
import { check, insert, put, remove } from '../../../ports/store/change.ts'
import type { Change, Stored } from '../../../ports/store/store.ts'
import type { Caller } from '../../ledger/caller.ts'
import type { Core } from '../../ledger/core.ts'
import { type NewSession, planSession, requireActive, type SessionSettings } from '../sessions.ts'
import { accounts } from '../tables.ts'
import { type FactorParts, requireParty, wantsSecond } from './factor-parts.ts'
import { passkeysOf } from './list-factors.ts'
import { proveSecond } from './prove-second.ts'
import { endTries, takeTry } from './second-tries.ts'
import { type HalfSessionRow, halfSessions, secondFactors, totps } from './tables.ts'

/** Nobody guesses it: 256 bits and more. */
const tokenLength = 43
const form = new RegExp(`^[0-9A-Za-z]{${tokenLength}}$`)
/** Of one user. Whoever begins another one ends the oldest. */
const mostHalves = 10

/** A session, or where a second factor is wanted what is good for showing that, and for nothing else. */
export type Entered = { readonly session: string } | { readonly half: string }

/**
 * Somebody has shown a password, or a link that stands for one.
 * @throws RegistryError `account-unknown`
 */
export async function enter(
  parts: FactorParts,
  caller: Caller,
  begun: NewSession & SessionSettings,
): Promise<Entered> {
  const { core } = parts
  return await core.ledger.change<Entered>(caller, async () => {
    const account = await requireActive(parts, begun)
    // Read after the account, which is written with the first factor: of the two, one comes first.
    if (await wantsSecond(core.store, begun.user)) {
      const { token, changes } = await newHalf(parts, begun.user, account.epoch)
      return { value: { half: token }, changes: [...changes, check(accounts, [begun.user], account.rev)] }
    }
    const { token, ...plan } = await planSession(parts, caller, begun)
    return { value: { session: token }, ...plan }
  })
}

/** What there is to choose from. `options`: what a browser is to ask passkeys by. */
export interface SecondStep {
  readonly user: string
  readonly hasTotp: boolean
  readonly options?: object
}

/** For the page of the second step. @throws RegistryError `unauthenticated` */
export async function showSecondStep(parts: FactorParts, half: string): Promise<SecondStep> {
  const { core, keys } = parts
  const { user } = await requireHalf(core, half)
  const hasTotp = (await core.store.get(totps, [user])) !== undefined
  const known = await passkeysOf(core, user)
  if (known.length === 0 || parts.party === undefined) return { user, hasTotp }
  const challenge = await core.ledger.keep(async () => {
    const { rev, ...row } = await requireHalf(core, half)
    if (row.challenge !== '') return { value: row.challenge, changes: [] }
    const fresh = Buffer.from(core.random.bytes(challengeBytes)).toString('base64url')
    return { value: fresh, changes: [put(halfSessions, { ...row, challenge: fresh }, rev)] }
  })
  const credentials = known.map(({ credential }) => credential)
  return {
    user,
    hasTotp,
    options: await keys.requestOptions({ party: requireParty(parts), challenge }, credentials),
  }
}

/** A code, or what a browser answers (AuthenticationResponseJSON). */
export type Answered = { readonly code: string } | { readonly passkey: unknown }

/**
 * The half session goes, and a whole one is begun, in one batch with the use of the factor.
 * @returns whose it is, and what the cookie of the session has
 * @throws RegistryError `unauthenticated`, `too-many-requests`
 */
export async function finishSecondStep(
  parts: FactorParts,
  caller: Caller,
  {
    half,
    answered,
    ...begun
  }: Omit<NewSession, 'user' | 'epoch'> &
    SessionSettings & { readonly half: string; readonly answered: Answered },
): Promise<{ readonly user: string; readonly session: string }> {
  const { core } = parts
  const { user, epoch } = await requireHalf(core, half)
  const shown = 'passkey' in answered ? { ...answered, challenge: await useChallenge(core, half) } : answered
  if ('code' in shown) await takeTry(core, user, parts.secondFactors)
  return await core.ledger.change(caller, async () => {
    const row = await requireHalf(core, half)
    const factors = await core.store.get(secondFactors, [user])
    if (factors === undefined) throw ended()
    const proved = await proveSecond(parts, user, shown)
    const { token, changes, deeds, events } = await planSession(parts, caller, { ...begun, user, epoch })
    return {
      value: { user, session: token },
      changes: [
        remove(halfSessions, [row.hash], { rev: row.rev }),
        endTries(factors),
        ...proved.changes,
        ...changes,
      ],
      deeds: [...proved.deeds, ...deeds],
      events,
      jobs: proved.jobs,
    }
  })
}

/** A challenge is used by the first answer to it, whatever that is. */
async function useChallenge(core: Core, half: string): Promise<string> {
  return await core.ledger.keep(async () => {
    const { rev, ...row } = await requireHalf(core, half)
    if (row.challenge === '') return { value: '', changes: [] }
    return { value: row.challenge, changes: [put(halfSessions, { ...row, challenge: '' }, rev)] }
  })
}

async function newHalf(
  { core, secondFactors: { stepTime } }: FactorParts,
  user: string,
  epoch: number,
): Promise<{ readonly token: string; readonly changes: readonly Change[] }> {
  const token = randomCharacters(tokenLength, (length) => core.random.bytes(length))
  const createdAt = core.clock.now()
  const row = { hash: hashOf(token), user, challenge: '', createdAt, expiresAt: createdAt + stepTime, epoch }
  const { rows } = await core.store.find(halfSessions, { index: 'byUser', eq: [user], limit: 1_000 })
  const oldest = rows.slice(0, Math.max(0, rows.length + 1 - mostHalves))
  return {
    token,
    changes: [
      insert(halfSessions, row),
      ...oldest.map(({ hash, rev }) => remove(halfSessions, [hash], { rev })),
    ],
  }
}

/** One answer for all that are none: unknown, used, too old, or of an account that has changed since. */
async function requireHalf(
  { store, clock }: Pick<Core, 'store' | 'clock'>,
  token: string,
): Promise<Stored<HalfSessionRow>> {
  const row = form.test(token) ? await store.get(halfSessions, [hashOf(token)]) : undefined
  const account = row === undefined ? undefined : await store.get(accounts, [row.user])
  const isOne =
    row !== undefined &&
    row.expiresAt > clock.now() &&
    account?.state === 'active' &&
    account.epoch === row.epoch
  if (!isOne) throw ended()
  return row
}

const ended = (): RegistryError =>
  new RegistryError('unauthenticated', { reason: 'log in again; the time for the second step is over' })

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
