import { createHash } from 'node:crypto'
import { randomCharacters } from '../../domain/checked-secret.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import { check, insert, remove } from '../../ports/store/change.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Plan } from '../ledger/ledger.ts'
import { type AccessParts, toldOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { wantsSecond } from './factors/factor-parts.ts'
import type { Kept, KeptAnswers, NamedReads } from './kept-answers.ts'
import { type AccountRow, accounts, type SessionRow, sessions } from './tables.ts'

/** Nobody guesses it: 256 bits and more. */
const tokenLength = 43
const form = new RegExp(`^[0-9A-Za-z]{${tokenLength}}$`)
const longestAgent = 200
/** Of one user. Whoever begins another one ends the oldest. */
const mostSessions = 50
const keptBytes = 600

export interface SessionSettings {
  /** How long one lasts from its beginning, ms. */
  readonly lifetime: number
}

export interface NewSession {
  readonly user: string
  readonly agent: string
  /** What the browser had until now. */
  readonly before?: string
  /** That of the account when its password was shown: another one was set since where it differs. */
  readonly epoch?: number
}

/** In a batch with what led to it. */
export interface PlannedSession extends Pick<Plan<unknown>, 'changes'>, ReturnType<typeof toldOf> {
  /** What its cookie has. */
  readonly token: string
}

/**
 * Of somebody who has shown who they are, in a browser. It is always a new one: what the browser had before is nobody's (session
 * fixation), and is given up with `before`.
 * @throws RegistryError `account-unknown`
 */
export async function planSession(
  parts: AccessParts,
  caller: Caller,
  { user, agent, lifetime, before, epoch }: NewSession & SessionSettings,
): Promise<PlannedSession> {
  const { core } = parts
  const account = await requireActive(parts, { user, ...(epoch !== undefined && { epoch }) })
  const token = randomCharacters(tokenLength, (length) => core.random.bytes(length))
  const now = core.clock.now()
  const row: SessionRow = {
    hash: hashOfSession(token),
    id: timeOrderedId(now, core.random.uuid()),
    ...{ user, createdAt: now, usedAt: now, expiresAt: now + lifetime, epoch: account.epoch },
    address: caller.address ?? '',
    agent: agent.slice(0, longestAgent).toWellFormed().replaceAll('\0', ''),
  }
  const { rows } = await core.store.find(sessions, { index: 'byUser', eq: [user], limit: 1_000 })
  const old = before === undefined ? undefined : hashOfSession(before)
  const gone = rows.filter(
    ({ hash, expiresAt }, at) => hash === old || expiresAt <= now || at < rows.length + 1 - mostSessions,
  )
  return {
    token,
    changes: [
      insert(sessions, row),
      check(accounts, [user], account.rev),
      ...gone.map(({ hash, rev }) => remove(sessions, [hash], { rev })),
    ],
    ...toldOf('session.begin', `user:${user}`, { after: row.id }),
  }
}

/** Who has logged in may go on. @throws RegistryError `account-unknown` */
export async function requireActive(
  parts: AccessParts,
  { user, epoch }: Pick<NewSession, 'user' | 'epoch'>,
): Promise<Stored<AccountRow>> {
  const account = await requireAccount(parts, 'user', user)
  const isSame = epoch === undefined || epoch === account.epoch
  if (account.state === 'active' && isSame) return account
  throw new RegistryError('account-unknown', { what: 'user', name: user })
}

/**
 * For who needs no second factor, or has shown it: they have a session, in place of which this one comes.
 * @returns what its cookie has
 * @throws RegistryError `account-unknown`, `denied`
 */
export async function beginSession(
  parts: AccessParts,
  caller: Caller,
  begun: NewSession & SessionSettings,
): Promise<string> {
  const { core } = parts
  return await core.ledger.change(caller, async () => {
    const { token, ...plan } = await planSession(parts, caller, begun)
    // Read after the account, which is written with the first factor: of the two, one comes first.
    if (!isInSession(caller, begun.user) && (await wantsSecond(core.store, begun.user)))
      throw new RegistryError('denied', { action: 'logging in', reason: 'a second factor is wanted' })
    return { value: token, ...plan }
  })
}

function isInSession({ principal }: Caller, user: string): boolean {
  return principal.kind === 'user' && principal.name === user && principal.via?.kind === 'session'
}

/** Whose session it is, and that it still is one. Kept in memory until one of its rows changes. */
export class Sessions {
  readonly #core: AccessParts['core']
  readonly #cache: KeptAnswers

  constructor(core: AccessParts['core'], cache: KeptAnswers) {
    this.#core = core
    this.#cache = cache
  }

  /** undefined: it is none, or none any more. */
  async find(token: string): Promise<Extract<Principal, { kind: 'user' }> | undefined> {
    if (!form.test(token)) return undefined
    const hash = hashOfSession(token)
    const row = await this.#cache.load(`session ${hash}`, async (reads) => await this.#read(hash, reads))
    if (row === undefined || row.expiresAt <= this.#core.clock.now()) return undefined
    return { kind: 'user', name: row.user, via: { kind: 'session', id: row.id, epoch: row.epoch } }
  }

  async #read(hash: string, reads: NamedReads): Promise<Kept<SessionRow | undefined>> {
    const { store } = this.#core
    reads.row(sessions, [hash])
    const row = await store.get(sessions, [hash])
    if (row === undefined) return { value: undefined, bytes: keptBytes }
    reads.row(accounts, [row.user])
    const account = await store.get(accounts, [row.user])
    const isStill = account?.state === 'active' && account.epoch === row.epoch
    return { value: isStill ? row : undefined, bytes: keptBytes }
  }
}

/** Of the caller: the one that they come by, another of theirs by its id, or all of them. */
export async function endSessions(
  parts: AccessParts,
  caller: Caller,
  which: 'this' | 'all' | { readonly id: string },
): Promise<void> {
  const user = userOf(caller)
  const { core } = parts
  await core.ledger.change(caller, async () => {
    const rows = await rowsOf(parts, user.name)
    const id = which === 'this' ? user.via?.id : which === 'all' ? undefined : which.id
    const gone = which === 'all' ? rows : rows.filter((row) => row.id === id)
    if (gone.length === 0 && typeof which === 'object')
      throw new RegistryError('account-unknown', { what: 'session', name: which.id })
    if (gone.length === 0) return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: gone.map(({ hash, rev }) => remove(sessions, [hash], { rev })),
      ...toldOf('session.end', `user:${user.name}`, { before: gone.map((row) => row.id).join(' ') }),
    }
  })
}

export type ShownSession = Pick<SessionRow, 'id' | 'createdAt' | 'expiresAt' | 'address' | 'agent'> & {
  readonly isThis: boolean
}

export async function listSessions(parts: AccessParts, caller: Caller): Promise<readonly ShownSession[]> {
  const user = userOf(caller)
  const now = parts.core.clock.now()
  const rows = await rowsOf(parts, user.name)
  return rows
    .filter(({ expiresAt }) => expiresAt > now)
    .map(({ id, createdAt, expiresAt, address, agent }) => ({
      ...{ id, createdAt, expiresAt, address, agent },
      isThis: user.via?.kind === 'session' && user.via.id === id,
    }))
}

async function rowsOf({ core }: AccessParts, user: string): Promise<readonly Stored<SessionRow>[]> {
  return (await core.store.find(sessions, { index: 'byUser', eq: [user], limit: 1_000 })).rows
}

/** @throws RegistryError `unauthenticated`, `denied` */
function userOf({ principal }: Caller): Extract<Principal, { kind: 'user' }> {
  const what = 'looking at sessions'
  if (principal.kind === 'anonymous')
    throw new RegistryError('unauthenticated', { reason: `log in for ${what}` })
  if (principal.kind !== 'user' || principal.via?.scopes !== undefined)
    throw new RegistryError('denied', { action: what, reason: 'it takes a login of the user' })
  return principal
}

export const hashOfSession = (token: string): string => createHash('sha256').update(token).digest('hex')
