import { createHash } from 'node:crypto'
import { apiKeyPrefix, newApiKey, shownApiKey } from '../../domain/api-key.ts'
import { randomCharacters } from '../../domain/checked-secret.ts'
import { RegistryError } from '../../domain/error.ts'
import type { KeyScope } from '../../domain/grant.ts'
import { networkOf } from '../../domain/network-of.ts'
import { isPermission, type Permission } from '../../domain/permission.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import { newUserCode, parseUserCode } from '../../domain/user-code.ts'
import { check, insert, put, remove } from '../../ports/store/change.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, toldOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { checkLine, invalid } from './check-account.ts'
import { hashOfKey } from './keys.ts'
import { type DeviceLoginRow, deviceLogins } from './outside-tables.ts'
import { accounts, keys } from './tables.ts'
import { WrongCodes } from './wrong-codes.ts'

/** Nobody guesses it: 256 bits and more. */
const codeLength = 43
const codeForm = new RegExp(`^[0-9A-Za-z]{${codeLength}}$`)
/** RFC 8628, section 3.5: what a program that asks too often waits longer from then on, ms. */
const slowDownBy = 5_000
const firstInterval = 5_000
/** Of one address (of IPv6: of one network), and of all of them: whoever begins without end makes rows without end. */
const mostOfNetwork = 100
const mostWaiting = 10_000

export interface DeviceRules {
  /** A code is good for so long, ms. */
  readonly codeLifetime: number
  /** Of the key that a program gets, ms. */
  readonly keyLifetime: number
}

/** RFC 8628, section 3.2. Times in ms. */
export interface BegunDevice {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresIn: number
  readonly interval: number
}

/** RFC 8628, section 3.5. `expiresIn` in ms. */
export type DeviceAnswer =
  | { readonly state: 'waiting' | 'slow-down' | 'refused' | 'over' }
  | {
      readonly state: 'allowed'
      readonly key: string
      readonly id: string
      readonly user: string
      readonly expiresIn: number
    }

/** What somebody is asked to allow. */
export interface AskingDevice {
  readonly userCode: string
  readonly client: string
  readonly address: string
  /** ms since 1970. */
  readonly createdAt: number
  /** undefined: whatever the user may. */
  readonly permissions: readonly Permission[] | undefined
}

/** Programs without a browser, which get a key when their user allows it in one (RFC 8628). */
export class DeviceLogins {
  readonly #parts: AccessParts
  readonly #rules: DeviceRules
  readonly #wrong: WrongCodes

  constructor(parts: AccessParts, rules: DeviceRules) {
    this.#parts = parts
    this.#rules = rules
    this.#wrong = new WrongCodes(parts.core.clock)
  }

  /** @throws RegistryError `account-invalid`, `too-many-requests` */
  async begin(
    { address = '' }: Pick<Caller, 'address'>,
    { client, permissions }: { readonly client: string; readonly permissions: readonly string[] },
  ): Promise<BegunDevice> {
    const { core } = this.#parts
    checkLine(client, 'client_id')
    const strange = permissions.find((one) => !isPermission(one))
    if (strange !== undefined) throw invalid('scope', `there is no permission ${JSON.stringify(strange)}`)
    const random = (length: number): Uint8Array => core.random.bytes(length)
    const [deviceCode, userCode] = [randomCharacters(codeLength, random), newUserCode(random)]
    const [now, network] = [core.clock.now(), networkOf(address)]
    const expiresAt = now + this.#rules.codeLifetime
    const row: DeviceLoginRow = {
      ...{
        hash: hashOf('device', deviceCode),
        code: hashOf('user', userCode),
        state: 'waiting',
        user: '',
        epoch: 0,
      },
      ...{ client, address, network, permissions: permissions.join(' '), createdAt: now, expiresAt },
      ...{ askedAt: 0, interval: firstInterval },
    }
    await core.ledger.keep(async () => {
      await this.#requireRoom(network)
      return { value: undefined, changes: [insert(deviceLogins, row)] }
    })
    return { deviceCode, userCode, expiresIn: this.#rules.codeLifetime, interval: firstInterval }
  }

  /** What somebody is about to allow. @throws RegistryError `denied`, `link-invalid`, `too-many-requests` */
  async find(caller: Caller, typed: string): Promise<AskingDevice> {
    const user = userOf(caller)
    const row = await this.#rowBy(user, typed)
    return {
      userCode: parseUserCode(typed) ?? '',
      client: row.client,
      address: row.address,
      createdAt: row.createdAt,
      permissions: permissionsOf(row),
    }
  }

  /** @throws RegistryError `denied`, `link-invalid`, `too-many-requests` */
  async decide(caller: Caller, typed: string, isAllowed: boolean): Promise<void> {
    const user = userOf(caller)
    const { core } = this.#parts
    await core.ledger.change(caller, async () => {
      const { rev, ...row } = await this.#rowBy(user, typed)
      const account = await requireAccount(this.#parts, 'user', user)
      const state = isAllowed ? 'allowed' : 'refused'
      return {
        value: undefined,
        changes: [
          put(deviceLogins, { ...row, state, user, epoch: account.epoch }, rev),
          check(accounts, [user], account.rev),
        ],
        ...toldOf(isAllowed ? 'device.allow' : 'device.refuse', `user:${user}`, { after: row.client }),
      }
    })
  }

  /** The program asks. What it gets it gets once, and only while the account is as it was when it was allowed. */
  async answer(caller: Caller, deviceCode: string): Promise<DeviceAnswer> {
    if (!codeForm.test(deviceCode)) return { state: 'over' }
    const { core } = this.#parts
    const hash = hashOf('device', deviceCode)
    const row = await core.store.get(deviceLogins, [hash])
    const now = core.clock.now()
    if (row === undefined || row.expiresAt <= now) return { state: 'over' }
    switch (row.state) {
      case 'waiting':
        return await this.#wait(row)
      case 'refused':
        await core.ledger.keep(async () => ({ value: undefined, changes: await this.#gone(hash) }))
        return { state: 'refused' }
      case 'allowed':
        return await this.#give(caller, row)
    }
  }

  async #wait({ hash }: DeviceLoginRow): Promise<DeviceAnswer> {
    const { core } = this.#parts
    return await core.ledger.keep<DeviceAnswer>(async () => {
      const row = await core.store.get(deviceLogins, [hash])
      if (row === undefined) return { value: { state: 'over' }, changes: [] }
      if (row.state !== 'waiting') return { value: { state: 'waiting' }, changes: [] }
      const now = core.clock.now()
      // A second less: what it waits for is counted from when it heard the answer before.
      const isEarly = row.askedAt !== 0 && now - row.askedAt < row.interval - 1_000
      const { rev, ...rest } = row
      const interval = isEarly ? row.interval + slowDownBy : row.interval
      return {
        value: { state: isEarly ? 'slow-down' : 'waiting' },
        changes: [put(deviceLogins, { ...rest, askedAt: now, interval }, rev)],
      }
    }, 'process')
  }

  async #give({ requestId, address, signal }: Caller, { hash, user }: DeviceLoginRow): Promise<DeviceAnswer> {
    const { core } = this.#parts
    const key = newApiKey((length) => core.random.bytes(length))
    const principal = { kind: 'user', name: user } as const
    const by = { principal, requestId, signal, ...(address !== undefined && { address }) }
    return await core.ledger.change<DeviceAnswer>(by, async () => {
      const row = await core.store.get(deviceLogins, [hash])
      const account = await core.store.get(accounts, [user])
      if (row === undefined) return { value: { state: 'over' }, changes: [] }
      const isStill = account?.state === 'active' && account.epoch === row.epoch && row.state === 'allowed'
      if (account === undefined || !isStill)
        return { value: { state: 'refused' }, changes: [remove(deviceLogins, [hash], { rev: row.rev })] }
      const now = core.clock.now()
      const id = timeOrderedId(now, core.random.uuid())
      const expiresAt = now + this.#rules.keyLifetime
      const scopes = scopesOf(row)
      const made = {
        ...{ id, hash: hashOfKey(key), owner: `user:${user}`, label: row.client, shown: shownApiKey(key) },
        ...{
          scopes: scopes === undefined ? '' : JSON.stringify(scopes),
          from: '',
          createdAt: now,
          expiresAt,
        },
        ...{ lastUsedAt: 0, lastUsedFrom: '', epoch: account.keyEpoch },
      }
      return {
        value: { state: 'allowed', key, id, user, expiresIn: this.#rules.keyLifetime },
        changes: [
          remove(deviceLogins, [hash], { rev: row.rev }),
          insert(keys, made),
          check(accounts, [user], account.rev),
        ],
        ...toldOf('key.create', `user:${user}`, { after: id }),
      }
    })
  }

  async #gone(hash: string): Promise<readonly ReturnType<typeof remove>[]> {
    const row = await this.#parts.core.store.get(deviceLogins, [hash])
    return row === undefined ? [] : [remove(deviceLogins, [hash], { rev: row.rev })]
  }

  /** One answer for all that cannot be decided. Whoever types many wrong ones waits: there are few enough to be tried. */
  async #rowBy(user: string, typed: string): Promise<Stored<DeviceLoginRow>> {
    const { core } = this.#parts
    this.#wrong.take(user)
    const code = parseUserCode(typed)
    const row =
      code === undefined
        ? undefined
        : await core.store.get(deviceLogins, { unique: 'code', values: [hashOf('user', code)] })
    if (row === undefined || row.state !== 'waiting' || row.expiresAt <= core.clock.now())
      throw new RegistryError('link-invalid', {})
    this.#wrong.giveBack(user)
    return row
  }

  async #requireRoom(network: string): Promise<void> {
    const { store } = this.#parts.core
    const [own, all] = await Promise.all([
      store.count(deviceLogins, { index: 'byNetwork', eq: [network], upTo: mostOfNetwork }),
      store.count(deviceLogins, { index: 'byExpiry', upTo: mostWaiting }),
    ])
    if (own >= mostOfNetwork || all >= mostWaiting)
      throw new RegistryError('too-many-requests', { retryAfterMs: 60_000 })
  }
}

function permissionsOf({ permissions }: DeviceLoginRow): readonly Permission[] | undefined {
  return permissions === '' ? undefined : permissions.split(' ').filter(isPermission)
}

function scopesOf(row: DeviceLoginRow): readonly KeyScope[] | undefined {
  const permissions = permissionsOf(row)
  return permissions && [{ permissions, namespace: '*', kind: '*', name: '*' }]
}

/** Nobody with a key, or a token for less, lets others in. @throws RegistryError `unauthenticated`, `denied` */
function userOf({ principal }: Caller): string {
  const action = 'letting a program in'
  if (principal.kind === 'anonymous')
    throw new RegistryError('unauthenticated', { reason: `log in for ${action}` })
  if (principal.kind === 'user' && principal.via?.kind === 'session') return principal.name
  throw new RegistryError('denied', { action, reason: 'it takes a login of the user in a browser' })
}

const hashOf = (what: string, code: string): string =>
  createHash('sha256').update(`${apiKeyPrefix}${what} ${code}`).digest('hex')
