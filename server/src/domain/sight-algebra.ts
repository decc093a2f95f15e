import { matchesGlob } from './glob.ts'
import type { Sight, SightClause } from './search.ts'

type Names = NonNullable<SightClause['names']>
type NamespaceSet = Pick<SightClause, 'namespaces' | 'exceptNamespaces'>

/** More clauses are not compared each with each: some may show what others do. */
const mostCompared = 400

/**
 * What is in both sights. Of clauses one of which is within the other, that one is taken as it is.
 * @param most more pairs than that are not looked at: what only they would show is left out
 */
export function sightInBoth(one: Sight, other: Sight, most = 20_000): Sight {
  const within = other.filter((clause) => one.some((wider) => isWithinClause(clause, wider)))
  const rest = other.filter((clause) => !within.includes(clause))
  const pairs = one
    .slice(0, Math.floor(most / Math.max(1, rest.length)))
    .flatMap((left) => rest.flatMap((right) => inBothClauses(left, right) ?? []))
  return joined([...within, ...pairs])
}

/** What is in both clauses; undefined: nothing is. */
export function inBothClauses(one: SightClause, other: SightClause): SightClause | undefined {
  const visibilities = among(one.visibilities, other.visibilities)
  const owners = among(one.owners, other.owners)
  const kinds = among(one.kinds, other.kinds)
  const spaces = namespacesInBoth(one, other)
  const names = namesInBoth(one.names ?? [], other.names ?? [])
  const lists = [visibilities, owners, kinds, spaces.namespaces, ...names]
  if (lists.some((list) => list?.length === 0)) return undefined
  return {
    ...(visibilities && { visibilities }),
    ...spaces,
    ...(owners && { owners }),
    ...(kinds && { kinds }),
    ...(names.length > 0 && { names }),
  }
}

/** The same sight in fewer clauses. */
export function joined(sight: Sight): Sight {
  const some = sight.filter(({ namespaces }) => namespaces?.length !== 0)
  const byNamespace = groupedBy(some, withoutNamespaces).map((group) => ({
    ...withoutNamespaces(group[0] ?? {}),
    ...namespacesOfAll(group),
  }))
  const byName = groupedBy(byNamespace, ({ names, ...rest }) => [rest, names?.length === 1]).flatMap(
    (group) => {
      const [first] = group
      if (first?.names?.length !== 1) return group
      return [{ ...first, names: [[...new Set(group.flatMap(({ names = [] }) => names.flat()))].sort()] }]
    },
  )
  if (byName.length > mostCompared) return byName
  return byName.filter(
    (clause, at) =>
      !byName.some(
        (wider, place) =>
          place !== at && isWithinClause(clause, wider) && (place < at || !isWithinClause(wider, clause)),
      ),
  )
}

/** Whether it is certain that all that the one shows the other does. */
function isWithinClause(clause: SightClause, wider: SightClause): boolean {
  return (
    isAmong(clause.visibilities, wider.visibilities) &&
    isAmong(clause.owners, wider.owners) &&
    isAmong(clause.kinds, wider.kinds) &&
    areNamespacesWithin(clause, wider) &&
    (wider.names ?? []).every((globs) =>
      (clause.names ?? []).some((narrow) =>
        // A star of the narrower one is matched by none but a star.
        narrow.every((glob) => globs.some((wide) => matchesGlob(wide, glob))),
      ),
    )
  )
}

function areNamespacesWithin(clause: NamespaceSet, wider: NamespaceSet): boolean {
  if (wider.namespaces !== undefined) return isAmong(clause.namespaces, wider.namespaces)
  if (wider.exceptNamespaces === undefined) return true
  if (clause.namespaces === undefined) return isAmong(wider.exceptNamespaces, clause.exceptNamespaces ?? [])
  const hidden = new Set(wider.exceptNamespaces)
  return !clause.namespaces.some((one) => hidden.has(one))
}

/** undefined stands for all. */
function isAmong(some: readonly string[] | undefined, all: readonly string[] | undefined): boolean {
  if (all === undefined) return true
  if (some === undefined) return false
  const wanted = new Set(all)
  return some.every((one) => wanted.has(one))
}

function among<T>(one: readonly T[] | undefined, other: readonly T[] | undefined): readonly T[] | undefined {
  if (one === undefined || other === undefined) return one ?? other
  const wanted = new Set(other)
  return one.filter((each) => wanted.has(each))
}

function namespacesInBoth(one: NamespaceSet, other: NamespaceSet): NamespaceSet {
  const hidden = new Set([...(one.exceptNamespaces ?? []), ...(other.exceptNamespaces ?? [])])
  const named = among(one.namespaces, other.namespaces)
  if (named !== undefined) return { namespaces: named.filter((namespace) => !hidden.has(namespace)) }
  return hidden.size === 0 ? {} : { exceptNamespaces: [...hidden] }
}

/** Names that are no globs say what is left of them; of globs both have to match. */
function namesInBoth(one: Names, other: Names): Names {
  const lists = [...new Map([...one, ...other].map((list) => [JSON.stringify(list), list])).values()]
  const exact = lists.filter((list) => !list.some((glob) => glob.includes('*')))
  const [first] = exact
  if (first === undefined) return lists
  const isLeft = (name: string): boolean =>
    lists.every((globs) => globs.some((glob) => matchesGlob(glob, name)))
  return [first.filter(isLeft)]
}

function withoutNamespaces({ namespaces: _, exceptNamespaces: __, ...rest }: SightClause): SightClause {
  return rest
}

function namespacesOfAll(clauses: readonly NamespaceSet[]): NamespaceSet {
  const named = new Set(clauses.flatMap(({ namespaces = [] }) => namespaces))
  const open = clauses.filter(({ namespaces }) => namespaces === undefined)
  const [first] = open
  if (first === undefined) return { namespaces: [...named].sort() }
  const others = open.slice(1).map(({ exceptNamespaces }) => new Set(exceptNamespaces))
  const hidden = (first.exceptNamespaces ?? []).filter(
    (namespace) => !named.has(namespace) && others.every((one) => one.has(namespace)),
  )
  return hidden.length === 0 ? {} : { exceptNamespaces: hidden.sort() }
}

function groupedBy(
  sight: Sight,
  keyOf: (clause: SightClause) => unknown,
): readonly (readonly SightClause[])[] {
  const groups = new Map<string, SightClause[]>()
  for (const clause of sight) {
    const key = keyText(keyOf(clause))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [clause])
    else group.push(clause)
  }
  return [...groups.values()]
}

/** Whatever the order in which a clause names things. */
const keyText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
