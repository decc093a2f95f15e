import { AddressRanges } from '../../domain/address-ranges.ts'
import { type Grant, type Grantee, isWithin } from '../../domain/grant.ts'
import type { KeptSettings, NamespaceVisibility } from '../../domain/namespace-settings.ts'
import type { Permission, Target } from '../../domain/permission.ts'
import { describePrincipal, type Placed, type Principal, scopesOf } from '../../domain/principal.ts'
import { builtInRoles, type Membership, membershipPermissions, ownerPermissions } from '../../domain/role.ts'
import { type Sight, type SightClause, wholeSight } from '../../domain/search.ts'
import { type Given, type GivenTo, grantedBy, isByName, none } from './given.ts'
import { Sights } from './sights.ts'

/** Whose a namespace is. */
export type NamespaceOwner = `user:${string}` | `organisation:${string}`

export function isNamespaceOwner(text: string): text is NamespaceOwner {
  return /^(?:user|organisation):./.test(text)
}

export interface NamespaceRule {
  readonly namespace: string
  readonly owner: NamespaceOwner
  readonly visibility: NamespaceVisibility
  /** Everybody who has an account may make artifacts in it, and work on those that are theirs. */
  readonly allowPublicPublish: boolean
  /** When it was given that owner, or an earlier one that has passed it on, ms since 1970; absent: long since. */
  readonly since?: number
  /** Settings that rights are not decided by. */
  readonly kept?: KeptSettings
}

/** All that decisions are made from. */
export interface RightsFacts {
  readonly namespaces: Iterable<NamespaceRule>
  readonly members: Iterable<{ organisation: string; user: string; membership: Membership }>
  readonly teamMembers: Iterable<{ organisation: string; team: string; user: string }>
  readonly grants: Iterable<Grant>
  /** The registry's own. A name of a built-in role stays that one. */
  readonly roles: Iterable<{ name: string; permissions: readonly Permission[] }>
  /** By namespace, `*` standing for all others: from where alone it is there. */
  readonly addresses?: ReadonlyMap<string, AddressRanges>
  /** Of the configuration: their names are theirs, though they have no account. */
  readonly configuredUsers?: ReadonlySet<string>
}

/** What decided. `grant`: by its id, with the team that it was given to. */
export type Because =
  | { readonly by: 'system' }
  | { readonly by: 'owner'; readonly namespace: string }
  | { readonly by: 'membership'; readonly organisation: string; readonly membership: Membership }
  | { readonly by: 'grant'; readonly grant: string; readonly to: Grantee; readonly role: string }
  | { readonly by: 'visibility'; readonly visibility: NamespaceVisibility }
  | { readonly by: 'public-publish'; readonly namespace: string }
  /** Whoever has the key may, but not with it. */
  | { readonly by: 'scope' }
  /** Whoever it is, not from where they come. */
  | { readonly by: 'address'; readonly namespace: string }
  | { readonly by: 'nothing' }

export interface Decision {
  readonly allowed: boolean
  readonly because: Because
}

const nothing: Decision = { allowed: false, because: { by: 'nothing' } }
const outOfScope: Decision = { allowed: false, because: { by: 'scope' } }
const anonymous: Principal = { kind: 'anonymous' }
const forSystem: Decision = { allowed: true, because: { by: 'system' } }

/**
 * The rights of everybody, as they stand at one moment: whoever may something is decided from memory, and nobody may what
 * nothing gives them.
 */
export class Rights {
  readonly #namespaces: ReadonlyMap<string, NamespaceRule>
  /** By organisation, then by user. */
  readonly #members = new Map<string, Map<string, Membership>>()
  readonly #teams = new Map<string, Grantee[]>()
  readonly #grants = new Map<Grantee, Given[]>()
  readonly #merged = new Map<string, GivenTo>()
  readonly #roles: ReadonlyMap<string, ReadonlySet<Permission>>
  readonly #keptPrincipals: number
  readonly #sights: Sights
  readonly #configuredUsers: ReadonlySet<string>
  readonly #addresses: ReadonlyMap<string, AddressRanges>
  /** What namespaces have set themselves. */
  readonly #ownAddresses = new Map<string, AddressRanges>()

  /** @param keptPrincipals of so many it is kept what they were given, ready to be looked up */
  constructor(facts: RightsFacts, keptPrincipals = 10_000) {
    this.#keptPrincipals = keptPrincipals
    this.#configuredUsers = facts.configuredUsers ?? new Set()
    this.#addresses = facts.addresses ?? new Map()
    this.#namespaces = new Map(Array.from(facts.namespaces, (rule) => [rule.namespace, rule]))
    for (const { namespace, kept } of this.#namespaces.values())
      if (kept?.addresses !== undefined && kept.addresses.length > 0)
        this.#ownAddresses.set(namespace, new AddressRanges(kept.addresses))
    this.#sights = new Sights({
      owned: new Set(this.#namespaces.keys()),
      givenTo: (principal) => this.#givenTo(principal),
      isWhole: ({ principal, permission, given }, namespace) =>
        this.#decideBy(given, { principal, permission, target: { namespace, kind: '', name: '' } }).allowed,
      thereFrom: (from) => this.#thereFrom(from),
    })
    for (const { organisation, user, membership } of facts.members)
      placeIn(this.#members, organisation, () => new Map<string, Membership>()).set(user, membership)
    for (const { organisation, team, user } of facts.teamMembers)
      placeIn(this.#teams, user, () => []).push(`team:${organisation}/${team}`)
    this.#roles = new Map(
      Array.from(facts.roles, ({ name, permissions }) => [name, new Set(permissions)] as const),
    )
    for (const grant of facts.grants) {
      const permissions = this.permissionsOf(grant.role)
      // A role that is gone gives nothing.
      if (permissions !== undefined) placeIn(this.#grants, grant.to, () => []).push({ grant, permissions })
    }
  }

  /** Of a built-in role, or one of the registry's own; undefined: there is none of that name. */
  permissionsOf(role: string): ReadonlySet<Permission> | undefined {
    return Object.hasOwn(builtInRoles, role) ? builtInRoles[role] : this.#roles.get(role)
  }

  /** What they were granted, or their teams, and not just everybody. */
  givenByName(to: Grantee): readonly Given[] {
    const teams = to.startsWith('user:') ? (this.#teams.get(to.slice('user:'.length)) ?? []) : []
    return [to, ...teams].flatMap((one) => this.#grants.get(one) ?? none)
  }

  /** Deterministic: of several reasons the first of owner, membership, grants in their order, visibility. */
  decide(principal: Principal, permission: Permission, target: Target): Decision {
    const scopes = scopesOf(principal)
    if (principal.kind === 'system') return forSystem
    if (this.#isElsewhere(principal, target.namespace))
      return { allowed: false, because: { by: 'address', namespace: target.namespace } }
    const decision = this.#decideWhole(principal, permission, target)
    if (!decision.allowed || scopes === undefined) return decision
    const isInScope = scopes.some(
      (scope) => scope.permissions.includes(permission) && isWithin(scope, target),
    )
    // What everyone may is asked with any key.
    return isInScope || this.#decideWhole(anonymous, permission, target).allowed ? decision : outOfScope
  }

  /** Some namespace is not there for whoever comes from elsewhere: who asks has to say from where they do. */
  get mindsAddresses(): boolean {
    return this.#addresses.size > 0 || this.#ownAddresses.size > 0
  }

  /** Which artifacts somebody finds, of those that they may read. */
  sightOf(principal: Principal): Sight {
    return principal.kind === 'system' ? wholeSight : this.#sights.of(principal)
  }

  /** Something of it may be theirs to do, somewhere; what it is wants to be asked of each target. */
  mayAnywhere(principal: Principal, permission: Permission): boolean {
    if (principal.kind === 'system') return true
    const scopes = scopesOf(principal)
    if (scopes !== undefined && !scopes.some(({ permissions }) => permissions.includes(permission)))
      return this.mayAnywhere({ kind: 'anonymous' }, permission)
    for (const given of this.#givenTo(principal).values())
      if (given.some(({ permissions }) => permissions.has(permission))) return true
    for (const rule of this.#namespaces.values()) {
      const target = { namespace: rule.namespace, kind: '', name: '' }
      if (this.#decideWhole(principal, permission, target).allowed) return true
    }
    return false
  }

  /** Nowhere anybody could refuse it. */
  mayEverywhere(principal: Principal, permission: Permission): boolean {
    if (principal.kind === 'system') return true
    const isWhole = ({ grant, permissions }: Given): boolean =>
      grant.kind === '*' && grant.name === '*' && permissions.has(permission)
    if (scopesOf(principal) !== undefined || !(this.#givenTo(principal).get('*') ?? none).some(isWhole))
      return false
    return [...this.#namespaces.keys()].every(
      (namespace) => this.#decideWhole(principal, permission, { namespace, kind: '', name: '' }).allowed,
    )
  }

  /** Something of it may be theirs to do in that namespace. */
  mayWithin(principal: Principal, permission: Permission, namespace: string): boolean {
    if (this.decide(principal, permission, { namespace, kind: '', name: '' }).allowed) return true
    if (principal.kind === 'system' || this.#isElsewhere(principal, namespace)) return false
    const scopes = scopesOf(principal)
    const isInScope =
      scopes === undefined ||
      scopes.some(
        (scope) =>
          scope.permissions.includes(permission) &&
          (scope.namespace === '*' || scope.namespace === namespace),
      )
    if (!isInScope) return false
    const given = this.#givenTo(principal)
    const isOwned = this.#namespaces.has(namespace)
    return [
      ...(given.get(namespace) ?? none),
      ...(given.get('*') ?? none).filter((one) => !isOwned || isByName(one)),
    ].some(({ permissions }) => permissions.has(permission))
  }

  /** Those that are somebody's. */
  rules(): Iterable<NamespaceRule> {
    return this.#namespaces.values()
  }

  /** Of those that are somebody's; undefined: it is nobody's. */
  ruleOf(namespace: string): NamespaceRule | undefined {
    return this.#namespaces.get(namespace)
  }

  /** Whoever gets an account of that name has the rights, and takes the login, of a user of the configuration. */
  isOfConfiguration(user: string): boolean {
    return this.#configuredUsers.has(user)
  }

  /** Whatever belongs to whom a namespace belongs to, itself among it; itself alone where it is nobody's. */
  ownedWith(namespace: string): readonly string[] {
    const owner = this.#namespaces.get(namespace)?.owner
    if (owner === undefined) return [namespace]
    return [...this.#namespaces.values()].flatMap((rule) => (rule.owner === owner ? [rule.namespace] : []))
  }

  membershipOf(user: string, organisation: string): Membership | undefined {
    return this.#members.get(organisation)?.get(user)
  }

  #thereFrom(from: string): SightClause {
    const named = [...new Set([...this.#addresses.keys(), ...this.#ownAddresses.keys()])]
    const isThere = (namespace: string): boolean => !this.#isElsewhere({ from }, namespace)
    if (!isThere('*')) return { namespaces: named.filter(isThere) }
    const hidden = named.filter((namespace) => !isThere(namespace))
    return hidden.length === 0 ? {} : { exceptNamespaces: hidden }
  }

  #isElsewhere({ from }: Placed, namespace: string): boolean {
    if (from === undefined || !this.mindsAddresses) return false
    const configured = this.#addresses.get(namespace) ?? this.#addresses.get('*')
    const own = this.#ownAddresses.get(namespace)
    return (configured !== undefined && !configured.has(from)) || (own !== undefined && !own.has(from))
  }

  #decideWhole(principal: Principal, permission: Permission, target: Target): Decision {
    return this.#decideBy(this.#givenTo(principal), { principal, permission, target })
  }

  #decideBy(
    given: GivenTo,
    asked: { principal: Principal; permission: Permission; target: Target },
  ): Decision {
    const { principal, permission, target } = asked
    const rule = this.#namespaces.get(target.namespace)
    if (rule !== undefined && principal.kind === 'user') {
      const owned = this.#asOwner(principal.name, permission, rule)
      if (owned !== undefined) return owned
    }
    const everywhere = given.get('*') ?? none
    const granted =
      grantedBy(given.get(target.namespace) ?? none, asked) ??
      // Who is let into a namespace without being named says whoever owns it.
      grantedBy(everywhere, asked, rule === undefined ? undefined : isByName)
    if (granted !== undefined)
      return {
        allowed: true,
        because: { by: 'grant', grant: granted.id, to: granted.to, role: granted.role },
      }
    return (rule && byVisibility(principal, permission, rule)) ?? nothing
  }

  #asOwner(user: string, permission: Permission, { namespace, owner }: NamespaceRule): Decision | undefined {
    if (owner === `user:${user}`)
      return ownerPermissions.has(permission)
        ? { allowed: true, because: { by: 'owner', namespace } }
        : undefined
    if (!owner.startsWith('organisation:')) return undefined
    const organisation = owner.slice('organisation:'.length)
    const membership = this.membershipOf(user, organisation)
    return membership !== undefined && membershipPermissions[membership].has(permission)
      ? { allowed: true, because: { by: 'membership', organisation, membership } }
      : undefined
  }

  #givenTo(principal: Principal): GivenTo {
    const key = describePrincipal(principal)
    const kept = this.#merged.get(key)
    if (kept !== undefined) return kept
    const merged = new Map<string, Given[]>()
    for (const grantee of this.#granteesOf(principal))
      for (const given of this.#grants.get(grantee) ?? none)
        placeIn(merged, given.grant.namespace, () => []).push(given)
    if (this.#merged.size >= this.#keptPrincipals) this.#merged.clear()
    this.#merged.set(key, merged)
    return merged
  }

  #granteesOf(principal: Principal): readonly Grantee[] {
    switch (principal.kind) {
      case 'anonymous':
        return ['anyone']
      case 'user':
        return [`user:${principal.name}`, ...(this.#teams.get(principal.name) ?? []), 'users', 'anyone']
      case 'robot':
        return [`robot:${principal.namespace}/${principal.name}`, 'anyone']
      case 'system':
        return []
    }
  }
}

function byVisibility(
  { kind }: Principal,
  permission: Permission,
  { namespace, visibility, allowPublicPublish }: NamespaceRule,
): Decision | undefined {
  const isUser = kind === 'user'
  if (permission === 'artifacts:read' && (visibility === 'public' || (visibility === 'internal' && isUser)))
    return { allowed: true, because: { by: 'visibility', visibility } }
  if (permission === 'artifacts:create' && allowPublicPublish && isUser)
    return { allowed: true, because: { by: 'public-publish', namespace } }
  return undefined
}

function placeIn<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key)
  if (there !== undefined) return there
  const made = make()
  map.set(key, made)
  return made
}
