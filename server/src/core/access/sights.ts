import { matchesGlob } from '../../domain/glob.ts'
import type { GrantScope } from '../../domain/grant.ts'
import type { Permission } from '../../domain/permission.ts'
import { describePrincipal, type Principal, scopesOf } from '../../domain/principal.ts'
import { knownArtifactKinds } from '../../domain/reserved-names.ts'
import type { Sight, SightClause } from '../../domain/search.ts'
import { joined, sightInBoth } from '../../domain/sight-algebra.ts'
import { boundedSight, sightBounds } from './bounded-sight.ts'
import { type GivenTo, isByName, none } from './given.ts'

interface Asked {
  readonly principal: Principal
  readonly permission: Permission
  /** The grants that count. */
  readonly given: GivenTo
}

/** What sights are made from. */
export interface SightFacts {
  /** Those that are somebody's. */
  readonly owned: ReadonlySet<string>
  readonly givenTo: (principal: Principal) => GivenTo
  /** Whether it is theirs, by what they were given or otherwise, in all of a namespace that is somebody's. */
  readonly isWhole: (asked: Asked, namespace: string) => boolean
  /** What is there for whoever comes from that address. */
  readonly thereFrom: (from: string) => SightClause
}

/** A sight may be a megabyte where there are very many namespaces. */
const keptSights = 100
/** Of a key with more of them than this, in UTF-16 units, no sight is kept. */
const longestScopes = 10_000

/**
 * The artifacts that somebody finds: of those that they may read, what is public, what is their own, and all of it where they may
 * change it, and not just because anyone may: else nothing could be hidden in a registry that is open to all.
 */
export class Sights {
  readonly #facts: SightFacts
  readonly #kept = new Map<string, Sight>()

  constructor(facts: SightFacts) {
    this.#facts = facts
  }

  of(principal: Exclude<Principal, { kind: 'system' }>): Sight {
    const sight = this.#from(principal)
    if (principal.from === undefined) return sight
    const there = this.#facts.thereFrom(principal.from)
    return Object.keys(there).length === 0 ? sight : boundedSight(sightInBoth([there], sight))
  }

  #from(principal: Principal): Sight {
    const key = JSON.stringify([describePrincipal(principal), scopesOf(principal)])
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const sight = boundedSight(this.#made(principal))
    if (key.length > longestScopes) return sight
    if (this.#kept.size >= keptSights) this.#kept.clear()
    this.#kept.set(key, sight)
    return sight
  }

  #made(principal: Principal): Sight {
    const readable = this.#where(principal, 'artifacts:read')
    const changeable = this.#where(principal, 'artifacts:update')
    const owners = principal.kind === 'anonymous' ? [] : [describePrincipal(principal)]
    return joined([
      ...sightInBoth(readable, changeable),
      ...sightInBoth(readable, [{ visibilities: ['public'] }]),
      ...(owners.length === 0 ? [] : sightInBoth(readable, [{ owners }])),
    ])
  }

  /** Where something is theirs to do, with what they show; as `Rights.decide` has it. */
  #where(principal: Principal, permission: Permission): Sight {
    const whole = this.#given(principal, permission)
    const scopes = scopesOf(principal)
    if (scopes === undefined) return whole
    const within = scopes.flatMap((scope) =>
      scope.permissions.includes(permission) ? (clauseOf(scope) ?? []) : [],
    )
    return joined([
      ...this.#given({ kind: 'anonymous' }, permission),
      ...sightInBoth(whole, boundedSight(joined(within))),
    ])
  }

  #given(principal: Principal, permission: Permission): Sight {
    const { owned, givenTo, isWhole } = this.#facts
    const given = permission === 'artifacts:read' ? givenTo(principal) : withoutAnyones(givenTo(principal))
    const grants = [...given.values()].flat().filter(({ permissions }) => permissions.has(permission))
    const isOpen = (given.get('*') ?? none).some(
      ({ grant, permissions }) => permissions.has(permission) && isAll(grant),
    )
    const [whole, partly]: [string[], string[]] = [[], []]
    for (const namespace of owned)
      (isWhole({ principal, permission, given }, namespace) ? whole : partly).push(namespace)
    const isExcepted = isOpen && partly.length <= sightBounds.namespaces
    const base: SightClause = isExcepted ? { exceptNamespaces: partly } : { namespaces: whole }
    const clauses = grants.flatMap((one): Sight => {
      const clause = clauseOf(one.grant)
      if (clause === undefined) return []
      if (one.grant.namespace !== '*' || isByName(one)) return [clause]
      // Who is let into what is somebody's without being named says whoever owns it.
      return owned.size > sightBounds.namespaces ? [] : [{ ...clause, exceptNamespaces: [...owned] }]
    })
    return boundedSight(joined([base, ...clauses]))
  }
}

function withoutAnyones(given: GivenTo): GivenTo {
  const own = [...given].map(
    ([namespace, all]) => [namespace, all.filter(({ grant }) => grant.to !== 'anyone')] as const,
  )
  return new Map(own)
}

const isAll = ({ kind, name }: GrantScope): boolean => kind === '*' && name === '*'

/** undefined: there are no such kinds. */
function clauseOf({ namespace, kind, name }: GrantScope): SightClause | undefined {
  const kinds = kind === '*' ? undefined : knownArtifactKinds().filter((one) => matchesGlob(kind, one))
  if (kinds?.length === 0) return undefined
  return {
    ...(namespace !== '*' && { namespaces: [namespace] }),
    ...(kinds && { kinds }),
    ...(name !== '*' && { names: [[name]] }),
  }
}
