import { createHash, timingSafeEqual } from 'node:crypto'
import { RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import {
  familyPartOf,
  isRefreshToken,
  newRefreshToken,
  nextRefreshToken,
} from '../../domain/refresh-token.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import { longestFamily } from '../../domain/token-times.ts'
import { insert, put, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, toldOf } from './access-parts.ts'
import { checkLine } from './check-account.ts'
import { unkept } from './kept-answers.ts'
import { ownerOf } from './keys.ts'
import { isUsable } from './known-key.ts'
import { parseRoot } from './token-claims.ts'
import { rootOf, standingOf, type TokenHolder, type TokenOwner, type TokenRoot } from './token-root.ts'
import { type TokenFamilyRow, tokenFamilies } from './token-tables.ts'

/** Of one owner; one more takes the place of the one that was not used for longest. */
const mostFamilies = 100
/** With each new one so many that are over go, so that there are never many of them. */
const clearedAtOnce = 10
/** The use of a refresh token that stays the same is written down when the last one that is there is so old, ms. */
const usedEvery = 3_600_000

export interface FamilyParts extends AccessParts {
  /** ms */
  readonly refreshLifetime: number
}

export interface NewFamily {
  /** What it is for, to be recognised by. */
  readonly label: string
  /** Whether each refresh token is good once. */
  readonly rotates: boolean
}

/** A family, and what its next access token is made from. */
export interface Refreshed extends TokenHolder {
  readonly family: string
  /** Shown this once. */
  readonly refreshToken: string
  /** ms since 1970. */
  readonly expiresAt: number
}

/**
 * A sign-in that goes on by refresh tokens, until it is ended, not used for long, or what it rests upon is gone.
 * @throws RegistryError `denied` to who has not come by a password, a session or a key of the records, `account-invalid`
 */
export async function beginFamily(
  parts: FamilyParts,
  caller: Caller,
  { label, rotates }: NewFamily,
): Promise<Refreshed> {
  const { core } = parts
  checkLine(label, 'label')
  const { principal } = caller
  const root = await rootOf(core, principal)
  if (root.by === 'configuration' || (principal.kind !== 'user' && principal.kind !== 'robot'))
    throw new RegistryError('denied', {
      action: 'having refresh tokens',
      reason:
        'they are for those who have an account in the records; users of the configuration log in each time',
    })
  const owner = ownerOf({ owner: describePrincipal(principal) })
  if (owner === undefined) throw new Error('an owner is not read as it is written')
  const now = core.clock.now()
  const refreshToken = newRefreshToken((length) => core.random.bytes(length))
  const row: TokenFamilyRow = {
    id: timeOrderedId(now, core.random.uuid()),
    owner: describePrincipal(owner),
    root: JSON.stringify(root),
    locator: hashOf(familyPartOf(refreshToken)),
    current: hashOf(refreshToken),
    rotates,
    label,
    createdAt: now,
    usedAt: now,
    usedFrom: caller.address ?? '',
    expiresAt: now + parts.refreshLifetime,
  }
  await core.ledger.change(caller, async () => {
    if ((await standingOf(core, { owner, root }, unkept)) === undefined) throw refused()
    return {
      value: undefined,
      changes: [insert(tokenFamilies, row), ...(await whatGoes(parts, row.owner))],
      ...toldOf('token.create', row.owner, { after: row.id }),
    }
  })
  return { family: row.id, principal, owner, root, refreshToken, expiresAt: row.expiresAt }
}

type Found = { readonly refreshed: Refreshed } | { readonly stolen: TokenFamilyRow }

/**
 * What a refresh token is exchanged for. One that was exchanged before is in two hands: whoever has the other one, the family
 * ends.
 * @throws RegistryError `unauthenticated`, whatever is wrong with it
 */
export async function refreshFamily(parts: FamilyParts, caller: Caller, token: string): Promise<Refreshed> {
  if (!isRefreshToken(token)) throw refused()
  const { core } = parts
  const found = await core.ledger.keep<Found | undefined>(async () => {
    const row = await core.store.get(tokenFamilies, {
      unique: 'locator',
      values: [hashOf(familyPartOf(token))],
    })
    const now = core.clock.now()
    const known = row && readRow(row)
    if (row === undefined || known === undefined || row.expiresAt <= now)
      return { value: undefined, changes: [] }
    if (!isSameHash(row.current, hashOf(token))) return { value: { stolen: row }, changes: [] }
    const standing = await standingOf(core, known, unkept)
    if (standing === undefined || !isUsable(standing, now, caller.address))
      return { value: undefined, changes: [] }
    const refreshToken = row.rotates ? nextRefreshToken(token, (length) => core.random.bytes(length)) : token
    const expiresAt = Math.min(now + parts.refreshLifetime, row.createdAt + longestFamily)
    const via = { kind: 'token', id: row.id, ...(standing.scopes && { scopes: standing.scopes }) } as const
    const principal = standing.owner.kind === 'anonymous' ? standing.owner : { ...standing.owner, via }
    const { rev, ...rest } = row
    const used = {
      ...rest,
      usedAt: now,
      usedFrom: caller.address ?? '',
      current: hashOf(refreshToken),
      expiresAt,
    }
    const isTold = row.rotates || now - row.usedAt >= usedEvery
    return {
      value: { refreshed: { ...known, principal, family: row.id, refreshToken, expiresAt } },
      changes: isTold ? [put(tokenFamilies, used, rev)] : [],
    }
  })
  if (found === undefined) throw refused()
  if ('refreshed' in found) return found.refreshed
  await endStolen(parts, caller, found.stolen.id)
  throw refused()
}

async function endStolen({ core }: FamilyParts, caller: Caller, id: string): Promise<void> {
  await core.ledger.change(caller, async () => {
    const row = await core.store.get(tokenFamilies, [id])
    if (row === undefined) return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [remove(tokenFamilies, [id], { rev: row.rev })],
      ...toldOf('token.stolen', row.owner, { before: id }),
    }
  })
}

async function whatGoes({ core }: FamilyParts, owner: string): Promise<readonly Change[]> {
  const [over, own] = await Promise.all([
    core.store.find(tokenFamilies, { index: 'byExpiry', limit: clearedAtOnce }),
    core.store.find(tokenFamilies, { index: 'byOwner', eq: [owner], limit: mostFamilies }),
  ])
  const now = core.clock.now()
  const going = new Map<string, Stored<TokenFamilyRow>>()
  for (const row of over.rows) if (row.expiresAt <= now) going.set(row.id, row)
  const staying = own.rows.filter(({ id }) => !going.has(id))
  if (staying.length >= mostFamilies) {
    const [idle] = staying.toSorted((one, other) => one.usedAt - other.usedAt)
    if (idle !== undefined) going.set(idle.id, idle)
  }
  return [...going.values()].map(({ id, rev }) => remove(tokenFamilies, [id], { rev }))
}

/** undefined: another release has written it, in a way that is not known here. */
function readRow({
  owner,
  root,
}: TokenFamilyRow): { readonly owner: TokenOwner; readonly root: TokenRoot } | undefined {
  const known = { owner: ownerOf({ owner }), root: parseRoot(JSON.parse(root)) }
  return known.owner === undefined || known.root === undefined
    ? undefined
    : { owner: known.owner, root: known.root }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function isSameHash(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

function refused(): RegistryError<'unauthenticated'> {
  return new RegistryError('unauthenticated', {
    reason: 'the refresh token is not good, or not any more; log in again',
  })
}
