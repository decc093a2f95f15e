import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import { isRepositorySegment } from '../../domain/repository-name.ts'
import type { JobHandler, NewJob } from '../../ports/journal/journal.ts'
import { MailError, type Mailer } from '../../ports/mail/mail.ts'
import { put } from '../../ports/store/change.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { type AccessParts, type NamespaceParts, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { createUser, type NewAccount, requireAccount } from './accounts.ts'
import { checkEmail, longestName } from './check-account.ts'
import { goneLink, hasManyLinks, linkLifetimes, newLink, requireLink, useLink } from './one-time-links.ts'
import { requireNoLess } from './require-no-less.ts'
import { accounts } from './tables.ts'

export const letterJob = 'send-letter'

/** What a letter brings. */
type Brings = 'invite' | 'reset' | 'verify'

const mailer: Principal = { kind: 'system', name: 'mail' }

/** The link is made when the letter is written: what opens an account stands in no row, not even in that of a job. */
function letter(brings: Brings, user: string): NewJob {
  return { kind: letterJob, payload: { brings, user } }
}

/**
 * A user who gets a letter with a link to choose their password.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-exists`
 */
export async function inviteUser(
  parts: NamespaceParts,
  caller: Caller,
  account: NewAccount & { readonly email: string },
): Promise<void> {
  await createUser(parts, caller, account, { jobs: [letter('invite', account.name)] })
}

/**
 * Of a user who was invited, or has forgotten their password, by who may manage users: a link to give them.
 * @returns what stands in it
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`
 */
export async function linkFor(parts: AccessParts, caller: Caller, user: string): Promise<string> {
  return (await datedLinkFor(parts, caller, user)).token
}

/** The same, with until when it is good, ms since 1970. */
export async function datedLinkFor(
  parts: AccessParts,
  caller: Caller,
  user: string,
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const { core } = parts
  return await core.ledger.change(caller, async () => {
    const what = `making a link for the user ${user}`
    await requireRight(parts, caller, { permission: 'users:manage', target: wholeOf(''), what })
    await requireNoLess(parts, caller, {
      than: `user:${user}`,
      within: [],
      what: `${what}, who may more than you,`,
    })
    const { state, epoch } = await requireAccount(parts, 'user', user)
    if (state === 'disabled') throw new RegistryError('account-unknown', { what: 'user', name: user })
    const kind = state === 'invited' ? 'invite' : 'reset'
    const { token, changes } = await newLink(core, caller.principal, { kind, user, epoch })
    const value = { token, expiresAt: core.clock.now() + linkLifetimes[kind] }
    return { value, changes, ...toldOf('link.make', `user:${user}`, { after: kind }) }
  })
}

/** Where whoever has this token chooses a password, behind the address of the registry. */
export const passwordPath = (token: string): string => `/password?token=${token}`

/** Whoever it is that asks, and whether there is such an account: they hear the same, and the same is done. */
export async function requestReset({ core }: AccessParts, user: string): Promise<void> {
  // What can be nobody's name is not written down either.
  if (user.length > longestName || !isRepositorySegment(user)) return
  await core.ledger.keep(async () => ({ value: undefined, changes: [], jobs: [letter('reset', user)] }))
}

export interface LetterParts {
  readonly core: Core
  readonly mail: Mailer
  /** Where people reach the registry, without a slash at its end. */
  readonly address: string
}

/** Writes a letter, and sends it. One that nobody is to get, or that is refused, is done with. */
export function letterHandler({ core, mail, address }: LetterParts): JobHandler {
  return async (payload, { signal }) => {
    const { brings, user } = payload as { readonly brings: Brings; readonly user: string }
    const account = await core.store.get(accounts, [user])
    if (account?.kind !== 'user' || account.email === '' || account.state === 'disabled') return undefined
    if ((brings === 'invite') !== (account.state === 'invited')) return undefined
    const caller = { principal: mailer, requestId: `job ${letterJob}`, signal }
    const token = await core.ledger.change(caller, async () => {
      const { epoch, email } = account
      // Whoever asks for them without end fills no mailbox, and does not use up the links that are there.
      if (await hasManyLinks(core, { user, kind: brings })) return { value: undefined, changes: [] }
      const { token: value, changes } = await newLink(core, mailer, { kind: brings, user, epoch, email })
      return { value, changes, ...toldOf('link.make', `user:${user}`, { after: brings }) }
    })
    if (token === undefined) return undefined
    try {
      await mail.send({ to: account.email, ...textOf(brings, { user, token, address }) })
    } catch (error) {
      if (!(error instanceof MailError) || error.kind !== 'refused') {
        // It is written again with another one.
        await core.ledger.keep(async () => ({ value: undefined, changes: await goneLink(core, token) }))
        throw error
      }
      core.telemetry.error('a letter was refused, and is not sent again', error, { brings, user })
    }
    return undefined
  }
}

function textOf(
  brings: Brings,
  { user, token, address }: { readonly user: string; readonly token: string; readonly address: string },
): { readonly subject: string; readonly text: string } {
  const hours = linkLifetimes[brings] / 3_600_000
  const goodFor = `The link is good once, for ${hours === 1 ? 'one hour' : `${hours} hours`}.`
  const password = `${address}${passwordPath(token)}`
  switch (brings) {
    case 'invite':
      return {
        subject: 'Your account at a Lading registry',
        text: `There is an account for you, ${user}, at ${address}.\n\nChoose a password: ${password}\n\n${goodFor}\n`,
      }
    case 'reset':
      return {
        subject: 'A new password for a Lading registry',
        text: `Somebody has asked for a new password of ${user} at ${address}. If it was not you, nothing needs to be done.\n\nChoose a password: ${password}\n\n${goodFor}\n`,
      }
    case 'verify':
      return {
        subject: 'Your address at a Lading registry',
        text: `Whoever has the account ${user} at ${address} says that this is their address. If it was not you, nothing needs to be done.\n\nIt is: ${address}/verify?token=${token}\n\n${goodFor}\n`,
      }
  }
}

/**
 * Of the caller's own address, to which links for a new password are sent.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`
 */
export async function changeEmail(parts: AccessParts, caller: Caller, email: string): Promise<void> {
  const { principal } = caller
  const what = 'changing an address'
  if (principal.kind === 'anonymous')
    throw new RegistryError('unauthenticated', { reason: `log in for ${what}` })
  if (principal.kind !== 'user' || principal.via?.scopes !== undefined)
    throw new RegistryError('denied', { action: what, reason: 'it takes a login of the user' })
  if (principal.via?.kind === 'token' || principal.via?.kind === 'key')
    throw new RegistryError('denied', {
      action: what,
      reason: 'it takes a password or a session: letters bring links for a new password',
    })
  const { name } = principal
  checkEmail(email)
  await parts.core.ledger.change(caller, async () => {
    const { rev, ...account } = await requireAccount(parts, 'user', name)
    return {
      value: undefined,
      changes: [put(accounts, { ...account, email, emailVerifiedAt: 0 }, rev)],
      jobs: email === '' ? [] : [letter('verify', name)],
      ...toldOf('account.change', `user:${name}`),
    }
  })
}

/** Whoever has the link reads the address that it was sent to. @throws RegistryError `link-invalid` */
export async function verifyEmail(parts: AccessParts, caller: Caller, token: string): Promise<void> {
  const { core } = parts
  await core.ledger.change(caller, async () => {
    const link = await requireLink(core, token, ['verify'])
    const { rev, ...account } = await requireAccount(parts, 'user', link.user)
    if (account.email !== link.email) throw new RegistryError('link-invalid', {})
    return {
      value: undefined,
      changes: [useLink(link), put(accounts, { ...account, emailVerifiedAt: core.clock.now() }, rev)],
      ...toldOf('account.change', `user:${link.user}`, { after: 'address verified' }),
    }
  })
}
