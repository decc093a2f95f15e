import { AddressRanges, isAddressRange } from '../../domain/address-ranges.ts'
import { RegistryError } from '../../domain/error.ts'
import {
  isNamespaceVisibility,
  type KeptSettings,
  type NamespaceSettings,
  readKeptSettings,
  type SettingsChange,
  unbuiltSettings,
} from '../../domain/namespace-settings.ts'
import type { Quota } from '../../domain/quota.ts'
import { put } from '../../ports/store/change.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { invalid } from './check-account.ts'
import { findRule } from './namespaces.ts'
import { requireSomebody, seesNamespace, unseen } from './require-seen.ts'
import type { NamespaceRule } from './rights.ts'
import { type NamespaceRuleRow, namespaceRules } from './tables.ts'

const mostPatterns = 50
const longestPattern = 128
const mostAddresses = 50
const measures = ['bytes', 'repositories', 'manifests'] as const

/** A namespace as whoever sees it is shown it. `createdAt` in ms since 1970. */
export interface ShownNamespace {
  readonly namespace: string
  readonly owner: string
  readonly createdAt: number
  readonly settings: NamespaceSettings
}

/**
 * Those that are somebody's and that the caller sees, by name.
 * @throws RegistryError `unauthenticated` to who sees none and has not logged in
 */
export async function listNamespaces(
  { book }: AccessParts,
  caller: Caller,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): Promise<{
  readonly namespaces: readonly Pick<NamespaceRule, 'namespace' | 'owner' | 'visibility'>[]
  readonly more: boolean
}> {
  const rights = await book.current()
  const seen = [...rights.rules()].filter(({ namespace }) =>
    seesNamespace(rights, caller.principal, namespace),
  )
  if (seen.length === 0) requireSomebody(caller, 'seeing namespaces')
  const rest = seen
    .filter(({ namespace }) => namespace > after)
    .sort((a, b) => (a.namespace < b.namespace ? -1 : 1))
  return { namespaces: rest.slice(0, limit), more: rest.length > limit }
}

/** @throws RegistryError `account-unknown`, also to who may not know of it; `unauthenticated` where logging in could help */
export async function showNamespace(
  parts: AccessParts,
  caller: Caller,
  namespace: string,
): Promise<ShownNamespace> {
  const row = await findRule(parts, namespace)
  const sees = seesNamespace(await parts.book.current(), caller.principal, namespace)
  if (row !== undefined && sees)
    return { namespace, owner: row.owner, createdAt: row.createdAt, settings: settingsOf(row) }
  requireSomebody(caller, 'seeing namespaces')
  throw unseen('namespace', namespace)
}

/**
 * Holds for every request that comes after the answer. What a namespace may use is set by who may set the settings of the
 * registry; all else by who may set those of the namespace.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`, `account-invalid`; `unsupported`: what is to be
 * switched on is nothing that this release does
 */
export async function changeSettings(
  parts: AccessParts,
  caller: Caller,
  { namespace, change }: { readonly namespace: string; readonly change: SettingsChange },
): Promise<void> {
  checkChange(change)
  checkAddresses(change, caller)
  await parts.core.ledger.change(caller, async () => {
    const what = `changing the settings of the namespace ${namespace}`
    await requireSettings(parts, caller, { namespace, what })
    if (change.quota !== undefined)
      await requireRight(parts, caller, {
        permission: 'settings:manage',
        target: wholeOf(''),
        what: `changing the quota of the namespace ${namespace}`,
      })
    const row = await findRule(parts, namespace)
    if (row === undefined) throw new RegistryError('account-unknown', { what: 'namespace', name: namespace })
    const { rev, ...rule } = row
    const next = changed(rule, change)
    const [before, after] = [
      differing(settingsOf(rule), settingsOf(next)),
      differing(settingsOf(next), settingsOf(rule)),
    ]
    if (after === '{}') return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [put(namespaceRules, next, rev)],
      ...toldOf('namespace.change', namespace, { namespace, before, after }),
    }
  })
}

/** Whoever sets those of the registry gets at a namespace again that is not there from where anybody comes by now. */
async function requireSettings(
  parts: AccessParts,
  caller: Caller,
  { namespace, what }: { readonly namespace: string; readonly what: string },
): Promise<void> {
  const permission = 'settings:manage'
  const rights = await parts.book.current()
  const { because } = rights.decide(caller.principal, permission, wholeOf(namespace))
  const target = wholeOf(because.by === 'address' ? '' : namespace)
  await requireRight(parts, caller, { permission, target, what })
}

function settingsOf({
  visibility,
  allowPublicPublish,
  settings,
}: Pick<NamespaceRuleRow, 'visibility' | 'allowPublicPublish' | 'settings'>): NamespaceSettings {
  const { immutableTags = [], quota = {}, addresses = [] } = readKeptSettings(settings)
  if (!isNamespaceVisibility(visibility)) throw new TypeError(`a namespace is ${visibility}`)
  return {
    visibility,
    allowPublicPublish,
    requireSignedArtifacts: false,
    autoScanVulnerabilities: false,
    defaultLicense: '',
    requiresReview: false,
    autoPublish: false,
    immutableTags,
    quota,
    addresses,
  }
}

function changed(row: NamespaceRuleRow, change: SettingsChange): NamespaceRuleRow {
  const kept = readKeptSettings(row.settings)
  const quota = Object.fromEntries(
    Object.entries({ ...kept.quota, ...change.quota }).filter(([, bound]) => bound !== null),
  ) as Quota
  const settings: KeptSettings = {
    ...kept,
    immutableTags: change.immutableTags ?? kept.immutableTags ?? [],
    quota,
    addresses: change.addresses ?? kept.addresses ?? [],
  }
  return {
    ...row,
    visibility: change.visibility ?? row.visibility,
    allowPublicPublish: change.allowPublicPublish ?? row.allowPublicPublish,
    settings: JSON.stringify(settings),
  }
}

/** JSON of what of `one` is otherwise in `other`. */
function differing(one: NamespaceSettings, other: NamespaceSettings): string {
  const text = (settings: NamespaceSettings): [string, string][] =>
    Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)])
  const others = new Map(text(other))
  const parts = text(one).filter(([name, value]) => others.get(name) !== value)
  return `{${parts.map(([name, value]) => `"${name}":${value}`).join(',')}}`
}

/** Nobody shuts themselves out by mistake. */
function checkAddresses({ addresses = [] }: SettingsChange, { address = '' }: Caller): void {
  if (addresses.length > mostAddresses) throw invalid('addresses', `there are more than ${mostAddresses}`)
  for (const [at, range] of addresses.entries())
    if (!isAddressRange(range))
      throw invalid(`addresses/${at}`, 'it is no address, and no network such as 10.0.0.0/8')
  if (addresses.length > 0 && address !== '' && !new AddressRanges(addresses).has(address))
    throw invalid('addresses', `you come from ${address}, and would be shut out`)
}

function checkChange(change: SettingsChange): void {
  const { visibility, immutableTags = [], quota = {} } = change
  if (visibility !== undefined && !isNamespaceVisibility(visibility))
    throw invalid('visibility', 'it is not public, internal or private')
  for (const name of unbuiltSettings)
    if (change[name] !== undefined && change[name] !== false && change[name] !== '')
      throw new RegistryError('unsupported', {
        what: `the setting ${name}, which this release cannot carry out yet and so does not switch on,`,
      })
  if (immutableTags.length > mostPatterns)
    throw invalid('immutableTags', `there are more than ${mostPatterns}`)
  // Those of the configuration are the same; a tag has no other characters.
  for (const [at, glob] of immutableTags.entries())
    if (glob.length > longestPattern || !/^!?[\w.*-]+$/.test(glob))
      throw invalid(`immutableTags/${at}`, 'it is no pattern of tags, such as v* or !*-rc*')
  for (const measure of measures) {
    const bound = quota[measure]
    if (bound === undefined || bound === null) continue
    if (!Number.isSafeInteger(bound) || bound < 0)
      throw invalid(`quota/${measure}`, 'it is no whole number from 0 on')
  }
}
