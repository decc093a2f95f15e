import { createHash } from 'node:crypto'
import { describeClaimFailure, failedClaim } from '../../domain/claims.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import {
  type IdentityProvider,
  type OutsideIdentity,
  ProviderError,
} from '../../ports/identity/identity-provider.ts'
import { check, insert, put } from '../../ports/store/change.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Plan } from '../ledger/ledger.ts'
import { type NamespaceParts, toldOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { giveTeams, nothingGiven, teamsOf } from './group-teams.ts'
import { hasAccounts } from './has-accounts.ts'
import { lineOf, outsideAccount } from './outside-account.ts'
import type { OutsideRules } from './outside-rules.ts'
import { type IdentityRow, identities, usedProofs } from './outside-tables.ts'
import { type AttemptAbout, attemptLifetime, beginAttempt, resumeAttempt } from './sign-in-attempt.ts'
import { type AccountRow, accounts } from './tables.ts'

/** OpenID Connect Core 1.0, section 2: 255 characters of ASCII. */
const subjectForm = /^[\x20-\x7e]{1,255}$/

export interface OutsideParts extends NamespaceParts {
  readonly providers: readonly { readonly provider: IdentityProvider; readonly rules: OutsideRules }[]
}

export interface BegunSignIn {
  /** Where the browser goes. */
  readonly address: string
  /** What it keeps meanwhile. */
  readonly kept: string
}

export interface CameBack {
  readonly provider: string
  readonly redirectUri: string
  readonly query: URLSearchParams
  /** What the browser has kept. */
  readonly kept: string
}

/** Signing in with an account that somebody has elsewhere. */
export class OutsideSignIn {
  readonly #parts: OutsideParts

  constructor(parts: OutsideParts) {
    this.#parts = parts
  }

  /** In the order of the configuration. */
  get providers(): readonly { readonly name: string; readonly title: string }[] {
    return this.#parts.providers.map(({ rules }) => ({ name: rules.provider, title: rules.title }))
  }

  /**
   * `user`: with whose account the identity is to be linked; they are logged in, and have asked for it themselves.
   * @throws RegistryError `path-unknown`, `unavailable`
   */
  async begin(
    name: string,
    {
      redirectUri,
      next,
      user,
    }: { readonly redirectUri: string; readonly next: string; readonly user?: string },
  ): Promise<BegunSignIn> {
    const { core } = this.#parts
    const { provider, rules } = this.#find(name)
    const expiresAt = core.clock.now() + attemptLifetime
    const about: AttemptAbout = { provider: name, next, expiresAt, ...(user !== undefined && { user }) }
    const { kept, secrets } = beginAttempt(about, (length) => core.random.bytes(length))
    const address = await this.#asking(rules, () => provider.addressFor({ redirectUri, ...secrets }))
    return { address, kept }
  }

  /**
   * Whose account it is that they have come back for. It was there, or is made, or is the one that they are logged in with.
   * @throws RegistryError `unauthenticated`, `denied`, `unavailable`
   */
  async finish(
    caller: Caller,
    { provider: name, redirectUri, query, kept }: CameBack,
  ): Promise<{ readonly user: string; readonly next: string; readonly isNew: boolean }> {
    const { core } = this.#parts
    const { provider, rules } = this.#find(name)
    const states = query.getAll('state')
    const found = states.length === 1 ? resumeAttempt(kept, states[0] ?? '', core.clock.now()) : undefined
    if (found === undefined || found.about.provider !== name)
      throw new RegistryError('unauthenticated', {
        reason: 'this sign-in was not begun in this browser, or too long ago; begin again',
      })
    const { about, secrets } = found
    requireStill(caller, about)
    const identity = await this.#asking(rules, () => provider.whoCameBack(query, { redirectUri, ...secrets }))
    this.#requireClaims(rules, identity)
    const entered = await this.#enter(caller, { rules, identity, about, state: secrets.state })
    await giveTeams(this.#parts, asItself(caller, name), {
      id: entered.id,
      wanted: teamsOf(rules, identity.claims),
    })
    return { user: entered.user, next: about.next, isNew: entered.isNew }
  }

  #find(name: string): OutsideParts['providers'][number] {
    const found = this.#parts.providers.find(({ rules }) => rules.provider === name)
    if (found !== undefined) return found
    throw new RegistryError('path-unknown', { path: `/sign-in/${name}`, reason: 'nobody signs in by it' })
  }

  /** What is wrong is the operator's to know: it speaks of the configuration, or of somebody who tries things. */
  async #asking<T>({ title, provider }: OutsideRules, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      this.#parts.core.telemetry.warn('a sign-in elsewhere failed', { provider, reason: error.message })
      if (error.kind === 'unavailable')
        throw new RegistryError(
          'unavailable',
          { reason: `${title} cannot be asked`, retryAfterMs: 5_000, isTold: true },
          { cause: error },
        )
      throw new RegistryError(
        'unauthenticated',
        { reason: `signing in with ${title} did not work; begin again` },
        { cause: error },
      )
    }
  }

  #requireClaims({ title, provider, require }: OutsideRules, { subject, claims }: OutsideIdentity): void {
    const failure = failedClaim(claims, require)
    if (failure === undefined && subjectForm.test(subject)) return
    const reason = failure === undefined ? 'its subject has another form' : describeClaimFailure(failure)
    this.#parts.core.telemetry.warn('a sign-in elsewhere was not let in', { provider, subject, reason })
    throw new RegistryError('denied', {
      action: `signing in with ${title}`,
      reason: 'your account there is not one of those that are let in here',
    })
  }

  /** The state is used up by the batch in which somebody comes in: whoever brings it again is refused. */
  async #enter(caller: Caller, entering: Entering): Promise<Entered> {
    const { core } = this.#parts
    const own = asItself(caller, entering.rules.provider)
    const { issuer, subject } = entering.identity
    return await core.ledger.change(own, async () => {
      const hash = createHash('sha256').update(`state ${entering.state}`).digest('hex')
      if ((await core.store.get(usedProofs, [hash])) !== undefined)
        throw new RegistryError('unauthenticated', { reason: 'this sign-in was used already; begin again' })
      const row = await core.store.get(identities, { unique: 'subject', values: [issuer, subject] })
      const plan =
        row !== undefined
          ? await this.#known(row, entering)
          : entering.about.user !== undefined
            ? await this.#linked(entering.about.user, entering)
            : await this.#made(own, entering)
      const used = insert(usedProofs, { hash, expiresAt: entering.about.expiresAt, key: '' })
      return { ...plan, changes: [used, ...plan.changes] }
    })
  }

  async #known(
    { rev, ...row }: Stored<IdentityRow>,
    { rules, identity, about }: Entering,
  ): Promise<Plan<Entered>> {
    if (about.user !== undefined && about.user !== row.user)
      throw refused(rules, 'it is linked with another account here')
    await this.#requireActive(rules, row.user)
    const usedAt = this.#parts.core.clock.now()
    return {
      value: { id: row.id, user: row.user, isNew: false },
      changes: [put(identities, { ...row, shown: shownOf(rules, identity), usedAt }, rev)],
    }
  }

  async #linked(user: string, entering: Entering): Promise<Plan<Entered>> {
    const { rev } = await this.#requireActive(entering.rules, user)
    const row = this.#rowOf(user, entering)
    return {
      value: { id: row.id, user, isNew: false },
      changes: [insert(identities, row), check(accounts, [user], rev)],
      ...toldOf('identity.link', `user:${user}`, { after: `${row.provider} ${row.subject}` }),
    }
  }

  async #made(own: Caller, entering: Entering): Promise<Plan<Entered>> {
    const { rules, identity } = entering
    if (!rules.newAccounts)
      throw refused(rules, 'no account here is linked with it; log in another way, and link it at /account')
    // Whoever came first would have taken the place of the administrator.
    if (!(await hasAccounts(this.#parts.core.store)))
      throw refused(
        rules,
        'this registry has no administrator yet, who is made by the link that it has printed',
      )
    const { claims } = identity
    const made = await outsideAccount(this.#parts, own, { claims, nameClaim: rules.nameClaim })
    if (made === undefined) throw refused(rules, 'no name like yours is free here; ask for an account')
    const row = this.#rowOf(made.name, entering)
    return {
      value: { id: row.id, user: made.name, isNew: true },
      changes: [...made.changes, insert(identities, row)],
      ...toldOf('account.create', `user:${made.name}`, { after: `${row.provider} ${row.subject}` }),
    }
  }

  #rowOf(user: string, { rules, identity }: Entering): IdentityRow {
    const { clock, random } = this.#parts.core
    const now = clock.now()
    const { issuer, subject } = identity
    return {
      ...{ id: timeOrderedId(now, random.uuid()), issuer, subject, user, provider: rules.provider },
      ...{ shown: shownOf(rules, identity), given: nothingGiven, createdAt: now, usedAt: now },
    }
  }

  async #requireActive(rules: OutsideRules, user: string): Promise<Stored<AccountRow>> {
    const account = await requireAccount(this.#parts, 'user', user)
    if (account.state !== 'active') throw refused(rules, 'the account here is not in use')
    return account
  }
}

interface Entering {
  readonly rules: OutsideRules
  readonly identity: OutsideIdentity
  readonly about: AttemptAbout
  readonly state: string
}

/** Whoever has begun to link an account is logged in still: somebody else may sit there now. @throws RegistryError `unauthenticated` */
function requireStill({ principal }: Caller, { user }: AttemptAbout): void {
  const isStill = principal.kind === 'user' && principal.name === user && principal.via?.kind === 'session'
  if (user === undefined || isStill) return
  throw new RegistryError('unauthenticated', { reason: 'your session has ended; log in, and link it again' })
}

interface Entered {
  /** Of the identity. */
  readonly id: string
  readonly user: string
  readonly isNew: boolean
}

function shownOf({ nameClaim }: OutsideRules, { claims, subject }: OutsideIdentity): string {
  return lineOf(claims, nameClaim) || lineOf(claims, 'email') || subject
}

const refused = ({ title }: OutsideRules, reason: string): RegistryError =>
  new RegistryError('denied', { action: `signing in with ${title}`, reason })

/** A caller's members may be getters, which a spread would not copy. */
function asItself({ requestId, address, signal }: Caller, provider: string): Caller {
  const principal: Principal = { kind: 'system', name: `sign-in/${provider}` }
  return { principal, requestId, signal, ...(address !== undefined && { address }) }
}
