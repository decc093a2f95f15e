import { type Claims, claimAt, textsOf } from '../../domain/claims.ts'
import { isRegistryError } from '../../domain/error.ts'
import { isRepositorySegment } from '../../domain/repository-name.ts'
import { isReservedName } from '../../domain/reserved-names.ts'
import { insert } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import type { NamespaceParts } from './access-parts.ts'
import { newAccountRow, ownNamespace, requireFree } from './accounts.ts'
import { checkEmail, checkLine, longestName, longestText } from './check-account.ts'
import { accounts } from './tables.ts'

/** Where a name is taken, so many others are tried: `ada-2`, `ada-3`. */
const mostTries = 20

export interface NewOutsideAccount {
  readonly claims: Claims
  readonly nameClaim: string
}

/** An account for somebody who has shown who they are elsewhere. undefined: no name is free that is like theirs. */
export async function outsideAccount(
  parts: NamespaceParts,
  caller: Caller,
  { claims, nameClaim }: NewOutsideAccount,
): Promise<{ readonly name: string; readonly changes: readonly Change[] } | undefined> {
  const free = await freeName(parts, likeName(claims, nameClaim))
  if (free === undefined) return undefined
  const { name, guards } = free
  const email = verifiedEmail(claims)
  const row = {
    ...newAccountRow(parts, caller),
    ...{ name, kind: 'user' as const, state: 'active' as const, email },
    title: lineOf(claims, 'name'),
    emailVerifiedAt: email === '' ? 0 : parts.core.clock.now(),
  }
  const own = ownNamespace(parts, { namespace: name, owner: `user:${name}` })
  return { name, changes: [insert(accounts, row), own, ...guards] }
}

/** Of what somebody is called elsewhere so much is looked at: marks are sorted, which takes the square of how many there are. */
const mostSaid = 1_000

/** What an account could be called, by what somebody is called elsewhere. */
export function likeName(claims: Claims, nameClaim: string): string {
  const [said = ''] = [nameClaim, 'preferred_username', 'nickname', 'email', 'sub'].flatMap((claim) =>
    textsOf(claimAt(claims, claim)).filter((text) => text !== ''),
  )
  const plain = said
    .slice(0, mostSaid)
    .replace(/@.*$/s, '')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/[._-]{2,}/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, longestName - 3)
    .replace(/[._-]+$/, '')
  return isRepositorySegment(plain) ? plain : 'user'
}

/**
 * Content and rights of others are not given away with a name: what is in a namespace keeps its name from being taken, and so does
 * the configuration that names somebody.
 */
async function freeName(
  parts: NamespaceParts,
  like: string,
): Promise<{ readonly name: string; readonly guards: readonly Change[] } | undefined> {
  const rights = await parts.book.current()
  for (let number = 1; number <= mostTries; number++) {
    const name = number === 1 ? like : `${like}-${number}`
    if (isReservedName(name) || name === 'library' || rights.isOfConfiguration(name)) continue
    try {
      await requireFree(parts, 'user', name)
      const guards = await parts.whileEmpty(name)
      if (guards !== undefined) return { name, guards }
    } catch (error) {
      if (!isRegistryError(error, 'account-exists')) throw error
    }
  }
  return undefined
}

/** An address that nobody has proved says nothing: anybody can write down anybody's. */
function verifiedEmail(claims: Claims): string {
  const email = claimAt(claims, 'email')
  if (typeof email !== 'string' || claimAt(claims, 'email_verified') !== true) return ''
  try {
    return checkEmail(email)
  } catch (error) {
    if (isRegistryError(error, 'account-invalid')) return ''
    throw error
  }
}

/** A line for people; empty where it is none. */
export function lineOf(claims: Claims, claim: string): string {
  const [said = ''] = textsOf(claimAt(claims, claim))
  try {
    return checkLine(said.slice(0, longestText).toWellFormed(), claim)
  } catch (error) {
    if (isRegistryError(error, 'account-invalid')) return ''
    throw error
  }
}
