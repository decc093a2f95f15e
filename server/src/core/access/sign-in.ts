import { isApiKey } from '../../domain/api-key.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import type { Identity } from '../../ports/identity/identity.ts'
import type { Passwords } from '../../ports/identity/passwords.ts'
import { put } from '../../ports/store/change.ts'
import type { Core } from '../ledger/core.ts'
import { secondFactors } from './factors/tables.ts'
import type { Kept, KeptAnswers, NamedReads } from './kept-answers.ts'
import { hashOfKey } from './keys.ts'
import { bytesOfScopes, isUsable, type KnownKey, knownKey } from './known-key.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { type AccountRow, accounts, keys, passwords } from './tables.ts'

export interface SignInParts {
  readonly core: Core
  /** Near: what a key is good for is told to nobody else's memory. */
  readonly cache: KeptAnswers
  /** undefined: accounts have none. */
  readonly passwords: Passwords | undefined
  /** Users of the configuration; undefined where there are none. */
  readonly configured: Identity | undefined
  /** Bounds how many passwords can be guessed; absent: nobody does. */
  readonly throttle?: LoginThrottle
}

/** What somebody showed. `from`: the address that they come from. */
export interface Shown {
  readonly user: string
  readonly secret: string
  readonly from?: string | undefined
}

/** An account with its password, as it stands. */
interface KnownUser {
  readonly account: AccountRow | undefined
  readonly hash: string | undefined
  readonly wantsSecond: boolean
}

/** Somebody has shown the password of an account. */
export interface FirstStep {
  readonly user: string
  /** That of the account. */
  readonly epoch: number
}

interface Verified {
  readonly principal: Principal
  readonly wantsSecond: boolean
}

/** A use is written down when the last one that is there is so old, ms. */
const usedEvery = 60_000
/** Of what is kept of one account or key, in bytes, roughly. */
const keptBytes = 1_000

/** Says who somebody is by what they showed: a password, or a key. */
export class SignIn {
  readonly #parts: SignInParts
  readonly #noting = new Map<string, Promise<void>>()

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /**
   * undefined: it is nobody's, or not any more. All names are looked at with the same work, whether they are there or not.
   * @throws RegistryError `too-many-requests`; `unauthenticated` where a second factor is wanted, which clients cannot show;
   *   StoreError
   */
  async signIn(shown: Shown): Promise<Principal | undefined> {
    // Whoever has a key need not say whose it is: clients that want a name are given any.
    if (isApiKey(shown.secret)) return await this.#byKey(shown)
    const verified = await this.#guarded(shown)
    if (verified?.wantsSecond !== true) return verified?.principal
    throw new RegistryError('unauthenticated', {
      reason:
        'this account has a second factor, so its password is for browsers alone: make an API key on the page of your account, and use that as the password here',
    })
  }

  /**
   * The first step of a login by a page, which asks for the second one where it is wanted. undefined: name and password do not
   * belong together, or not to an account. With the same work as `signIn`.
   * @throws RegistryError `too-many-requests`; StoreError
   */
  async firstStep(shown: Shown): Promise<FirstStep | undefined> {
    if (isApiKey(shown.secret)) return undefined
    const principal = (await this.#guarded(shown))?.principal
    const via = principal?.kind === 'user' ? principal.via : undefined
    if (principal?.kind !== 'user' || via?.epoch === undefined) return undefined
    return { user: principal.name, epoch: via.epoch }
  }

  /** Uses that are being written down. */
  async close(): Promise<void> {
    await Promise.all(this.#noting.values())
  }

  /** Wrong ones are counted, whatever they were for. */
  async #guarded(shown: Shown): Promise<Verified | undefined> {
    const { throttle } = this.#parts
    const { user, from } = shown
    if (throttle === undefined) return await this.#byPassword(shown)
    return await throttle.guard({ user, from }, () => this.#byPassword(shown))
  }

  async #byPassword({ user, secret, from }: Shown): Promise<Verified | undefined> {
    const { cache, passwords: hasher, configured } = this.#parts
    const { account, hash, wantsSecond } = await cache.load(`user ${user}`, (reads) =>
      this.#readUser(user, reads),
    )
    const isOfAccount = async (): Promise<boolean> =>
      (await hasher?.verify({ who: user, password: secret, hash, from })) === true
    const isConfigured = async (): Promise<boolean> =>
      (await configured?.verify(user, secret, from)) !== undefined
    // A name that has an account is the account's, whatever the configuration says.
    if (account === undefined) {
      if (await isConfigured()) return { principal: { kind: 'user', name: user }, wantsSecond: false }
      await isOfAccount()
      return undefined
    }
    if ((await isOfAccount()) && account.kind === 'user' && account.state === 'active') {
      const via = { kind: 'password' as const, id: '', epoch: account.epoch }
      return { principal: { kind: 'user', name: user, via }, wantsSecond }
    }
    // What fails has cost both, whosever the name is.
    await isConfigured()
    return undefined
  }

  async #readUser(user: string, reads: NamedReads): Promise<Kept<KnownUser>> {
    const { store } = this.#parts.core
    reads.row(accounts, [user])
    reads.row(passwords, [user])
    reads.row(secondFactors, [user])
    const [account, password, factors] = await Promise.all([
      store.get(accounts, [user]),
      store.get(passwords, [user]),
      store.get(secondFactors, [user]),
    ])
    const wantsSecond = factors !== undefined
    // Names are as long as whoever tries them likes.
    return { value: { account, hash: password?.hash, wantsSecond }, bytes: keptBytes + 2 * user.length }
  }

  async #byKey({ secret, from }: Shown): Promise<Principal | undefined> {
    const { core, cache } = this.#parts
    const hash = hashOfKey(secret)
    const known = await cache.load(`key ${hash}`, (reads) => this.#readKey(hash, reads))
    const now = core.clock.now()
    if (known === undefined || !isUsable(known, now, from)) return undefined
    const { row, principal } = known
    if (now - row.lastUsedAt >= usedEvery) this.#noteUse(row.id, { at: now, from: from ?? '' })
    return principal
  }

  async #readKey(hash: string, reads: NamedReads): Promise<Kept<KnownKey | undefined>> {
    const { core } = this.#parts
    reads.unique(keys, 'hash', [hash])
    // Read by its id once more, after that was named: a key that is revoked in between is not kept.
    const found = await core.store.get(keys, { unique: 'hash', values: [hash] })
    const value = found && (await knownKey(core, found.id, reads))
    return { value, bytes: keptBytes + bytesOfScopes * (value?.row.scopes.length ?? 0) }
  }

  /** Nobody waits for it, and nobody fails by it. */
  #noteUse(id: string, { at, from }: { readonly at: number; readonly from: string }): void {
    if (this.#noting.has(id)) return
    const { core } = this.#parts
    const noted = core.ledger
      .keep(async () => {
        const row = await core.store.get(keys, [id])
        if (row === undefined || row.lastUsedAt >= at) return { value: undefined, changes: [] }
        const { rev, ...rest } = row
        return {
          value: undefined,
          changes: [put(keys, { ...rest, lastUsedAt: at, lastUsedFrom: from }, rev)],
        }
      })
      .catch((error: unknown) =>
        core.telemetry.error('the use of a key was not written down', error, { key: id }),
      )
      .finally(() => this.#noting.delete(id))
    this.#noting.set(id, noted)
  }
}
