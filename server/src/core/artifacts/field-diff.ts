import { canonicalJson } from '../../domain/canonical-json.ts'
import { isJsonObject, type JsonObject } from '../../domain/strict-json.ts'

/** A value that is not the same in two documents. */
export interface FieldChange {
  /** A JSON pointer (RFC 6901) into the later document; of what was removed, into the earlier one. */
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly before?: unknown
  readonly after?: unknown
  /** Of a list that is in both: what one of them has alone. Nothing at all: they are in another order. */
  readonly entries?: { readonly added: readonly unknown[]; readonly removed: readonly unknown[] }
}

/**
 * Objects are compared member by member, at any depth. So are lists of objects that each have a `name` of their own, as if
 * that were the member's name. Of any other list it is told as a whole which entries came and which went.
 */
export function changedFields(before: unknown, after: unknown): FieldChange[] {
  return changed({ path: '', value: before }, { path: '', value: after })
}

/** Where something stands in its own document: an entry that is known by its name may have another place in the other. */
interface Member {
  readonly path: string
  readonly value: unknown
}

function changed(was: Member, is: Member): FieldChange[] {
  const [before, after] = [was.value, is.value]
  if (isJsonObject(before) && isJsonObject(after)) {
    return changedMembers(memberList(before, was.path), memberList(after, is.path))
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return changedList({ path: was.path, value: before }, { path: is.path, value: after })
  }
  if (canonicalJson(before) === canonicalJson(after)) return []
  return [{ path: is.path, change: 'changed', before, after }]
}

type Members = ReadonlyMap<string, Member>

interface List extends Member {
  readonly value: readonly unknown[]
}

function memberList(object: JsonObject, path: string): Members {
  return new Map(
    Object.entries(object).map(([name, value]) => [name, { path: `${path}/${escaped(name)}`, value }]),
  )
}

function changedMembers(before: Members, after: Members): FieldChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((name): FieldChange[] => {
    const [was, is] = [before.get(name), after.get(name)]
    if (is === undefined)
      return was === undefined ? [] : [{ path: was.path, change: 'removed', before: was.value }]
    if (was === undefined) return [{ path: is.path, change: 'added', after: is.value }]
    return changed(was, is)
  })
}

function changedList(was: List, is: List): FieldChange[] {
  const [before, after] = [was.value, is.value]
  if (canonicalJson(before) === canonicalJson(after)) return []
  const [members, now] = [byName(was), byName(is)]
  const changes = members && now ? changedMembers(members, now) : []
  if (changes.length > 0) return changes
  const entries = { added: without(after, before), removed: without(before, after) }
  return [{ path: is.path, change: 'changed', before, after, entries }]
}

/** undefined: it is no list of objects that are told apart by their names. */
function byName({ path, value: list }: List): Members | undefined {
  const members = new Map<string, Member>()
  for (const [at, value] of list.entries()) {
    const name = isJsonObject(value) && Object.hasOwn(value, 'name') ? value['name'] : undefined
    if (typeof name !== 'string' || members.has(name)) return undefined
    members.set(name, { path: `${path}/${at}`, value })
  }
  return members
}

/** The entries that are there more often than in the other list, as often as they are. */
function without(list: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const left = new Map<string, number>()
  for (const value of other) {
    const key = canonicalJson(value)
    left.set(key, (left.get(key) ?? 0) + 1)
  }
  return list.filter((value) => {
    const key = canonicalJson(value)
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count <= 0
  })
}

/** RFC 6901, section 3. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
