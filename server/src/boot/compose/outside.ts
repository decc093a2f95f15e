import type { NamespaceParts } from '../../core/access/access-parts.ts'
import {
  type AskingDevice,
  type BegunDevice,
  type DeviceAnswer,
  DeviceLogins,
  type DeviceRules,
} from '../../core/access/device-logins.ts'
import type { OutsideRules, WorkloadRule } from '../../core/access/outside-rules.ts'
import { type BegunSignIn, type CameBack, OutsideSignIn } from '../../core/access/outside-sign-in.ts'
import { listIdentities, type ShownIdentity, unlinkIdentity } from '../../core/access/own-identities.ts'
import { type WorkloadKey, Workloads } from '../../core/access/workloads.ts'
import type { Caller } from '../../core/ledger/caller.ts'
import type { IdentityProvider } from '../../ports/identity/identity-provider.ts'
import type { OutsideTokens } from '../../ports/identity/outside-tokens.ts'

/** Of the configuration. */
export interface WaysIn {
  readonly providers: readonly OutsideRules[]
  readonly workloads: readonly WorkloadRule[]
  readonly device: DeviceRules
}

/** Those who know people and machines elsewhere. */
export interface OutsidePorts {
  readonly providers: readonly IdentityProvider[]
  readonly tokens: OutsideTokens
}

/** Ways in beside passwords and keys of one's own. */
export interface OutsideFace {
  readonly providers: readonly { readonly name: string; readonly title: string }[]
  /** @throws RegistryError `path-unknown`, `unavailable` */
  begin(
    provider: string,
    about: { readonly redirectUri: string; readonly next: string; readonly user?: string },
  ): Promise<BegunSignIn>
  /** @throws RegistryError `unauthenticated`, `denied`, `unavailable` */
  finish(
    caller: Caller,
    back: CameBack,
  ): Promise<{ readonly user: string; readonly next: string; readonly isNew: boolean }>
  /** @throws RegistryError `unauthenticated`, `denied` */
  identities(caller: Caller): Promise<readonly ShownIdentity[]>
  /** @throws RegistryError `unauthenticated`, `denied`, `account-unknown` */
  unlink(caller: Caller, id: string): Promise<void>
  readonly devices: {
    /** @throws RegistryError `account-invalid`, `too-many-requests` */
    begin(
      caller: Pick<Caller, 'address'>,
      asking: { readonly client: string; readonly permissions: readonly string[] },
    ): Promise<BegunDevice>
    /** @throws RegistryError `unauthenticated`, `denied`, `link-invalid`, `too-many-requests` */
    find(caller: Caller, typed: string): Promise<AskingDevice>
    /** @throws RegistryError `unauthenticated`, `denied`, `link-invalid`, `too-many-requests` */
    decide(caller: Caller, typed: string, isAllowed: boolean): Promise<void>
    answer(caller: Caller, deviceCode: string): Promise<DeviceAnswer>
  }
  /** A key for a token of somebody else. @throws RegistryError `workload-refused`, `unavailable` */
  exchange(caller: Caller, token: string, rule?: string): Promise<WorkloadKey>
}

const minute = 60_000
const usualDevice: DeviceRules = { codeLifetime: 10 * minute, keyLifetime: 90 * 24 * 60 * minute }

export function bindOutside(
  parts: NamespaceParts,
  ports: OutsidePorts | undefined,
  ways: WaysIn | undefined,
): OutsideFace {
  const providers = (ways?.providers ?? []).flatMap((rules) => {
    const provider = ports?.providers.find(({ name }) => name === rules.provider)
    return provider === undefined ? [] : [{ provider, rules }]
  })
  const people = new OutsideSignIn({ ...parts, providers })
  const devices = new DeviceLogins(parts, ways?.device ?? usualDevice)
  const rules = ports === undefined ? [] : (ways?.workloads ?? [])
  const machines = new Workloads({ ...parts, rules, outside: ports?.tokens ?? noTokens })
  return {
    providers: people.providers,
    begin: (provider, about) => people.begin(provider, about),
    finish: (caller, back) => people.finish(caller, back),
    identities: (caller) => listIdentities(parts, caller),
    unlink: (caller, id) => unlinkIdentity(parts, caller, id),
    devices: {
      begin: (caller, asking) => devices.begin(caller, asking),
      find: (caller, typed) => devices.find(caller, typed),
      decide: (caller, typed, isAllowed) => devices.decide(caller, typed, isAllowed),
      answer: (caller, code) => devices.answer(caller, code),
    },
    exchange: (caller, token, rule) => machines.exchange(caller, token, rule),
  }
}

/** Where nobody elsewhere is known. */
const noTokens: OutsideTokens = {
  read: () => undefined,
  verify: async () => ({ ok: false, why: 'nobody elsewhere is known here' }),
}
