import { createHash } from 'node:crypto'
import { randomCharacters } from '../../domain/checked-secret.ts'
import { RegistryError } from '../../domain/error.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'
import { insert, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { accounts, type OneTimeLinkRow, oneTimeLinks } from './tables.ts'

/** `setup` makes the first administrator, `invite` and `reset` give a user a password, `verify` proves an address. */
export type LinkKind = 'setup' | 'invite' | 'reset' | 'verify'

/** Nobody guesses it: 256 bits and more. */
const tokenLength = 43
const form = new RegExp(`^[0-9A-Za-z]{${tokenLength}}$`)

const hour = 3_600_000
/** How long each can be used, ms. */
export const linkLifetimes: Readonly<Record<LinkKind, number>> = {
  setup: 24 * hour,
  invite: 7 * 24 * hour,
  reset: hour,
  verify: 24 * hour,
}
/** Of one kind for one user: older ones go. */
const mostOfKind = 5

export interface NewLink {
  readonly kind: LinkKind
  /** Empty where whoever has it makes the account. */
  readonly user: string
  readonly email?: string
  readonly epoch?: number
  /** Those that were made before open nothing from then on. */
  readonly alone?: boolean
}

export interface MadeLink {
  /** What stands in the link. It is kept nowhere. */
  readonly token: string
  readonly changes: readonly Change[]
}

/** In a batch of others. Of those that were made before only the newest few stay. */
export async function newLink(
  { store, clock, random }: Pick<Core, 'store' | 'clock' | 'random'>,
  by: Principal,
  { kind, user, email = '', epoch = 0, alone = false }: NewLink,
): Promise<MadeLink> {
  const token = randomCharacters(tokenLength, (length) => random.bytes(length))
  const now = clock.now()
  const row: OneTimeLinkRow = {
    ...{ hash: hashOfToken(token), kind, user, email, epoch },
    createdAt: now,
    createdBy: describePrincipal(by),
    expiresAt: now + linkLifetimes[kind],
  }
  const { rows } = await store.find(oneTimeLinks, { index: 'byUser', eq: [user, kind], limit: 100 })
  const older = rows.toSorted((one, other) => other.createdAt - one.createdAt)
  const gone = older
    .slice(alone ? 0 : mostOfKind - 1)
    .map(({ hash, rev }) => remove(oneTimeLinks, [hash], { rev }))
  return { token, changes: [insert(oneTimeLinks, row), ...gone] }
}

/** Of one kind for one user as many were made within an hour as are good beside each other. */
export async function hasManyLinks(
  { store, clock }: Pick<Core, 'store' | 'clock'>,
  { kind, user }: Pick<NewLink, 'kind' | 'user'>,
): Promise<boolean> {
  const { rows } = await store.find(oneTimeLinks, { index: 'byUser', eq: [user, kind], limit: 100 })
  return rows.filter(({ createdAt }) => createdAt > clock.now() - hour).length >= mostOfKind
}

/** Of one that nobody was sent. */
export async function goneLink({ store }: Pick<Core, 'store'>, token: string): Promise<readonly Change[]> {
  const row = await store.get(oneTimeLinks, [hashOfToken(token)])
  return row === undefined ? [] : [useLink(row)]
}

/**
 * The row behind a link that can be used now. One answer for all that cannot: unknown, used, too old, or of an account that has
 * changed since.
 * @throws RegistryError `link-invalid`
 */
export async function requireLink(
  { store, clock }: Pick<Core, 'store' | 'clock'>,
  token: string,
  kinds: readonly LinkKind[],
): Promise<Stored<OneTimeLinkRow>> {
  const row = form.test(token) ? await store.get(oneTimeLinks, [hashOfToken(token)]) : undefined
  const account = row === undefined || row.user === '' ? undefined : await store.get(accounts, [row.user])
  const isRight =
    row !== undefined &&
    kinds.some((kind) => kind === row.kind) &&
    row.expiresAt > clock.now() &&
    (row.user === '' || (account?.epoch === row.epoch && account.state !== 'disabled'))
  if (!isRight) throw new RegistryError('link-invalid', {})
  return row
}

/** In the batch of what it was for: of two who use it at once one comes too late. */
export function useLink({ hash, rev }: Stored<OneTimeLinkRow>): Change {
  return remove(oneTimeLinks, [hash], { rev })
}

const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex')
