import { types } from 'node:util'
import type { Limits } from '../../core/ledger/limits.ts'
import { namingNearest } from '../../domain/nearest.ts'
import { ValidationError } from '../errors.ts'

/*
 * What callers give may be of any type, and may throw when it is looked at. Here it is read once, member by member and
 * within bounds, into plain data of our own: whatever is thrown meanwhile is theirs.
 */

export interface PlainLimits {
  readonly bytes: number
  /** The limit that `bytes` is, for whoever is over it. */
  readonly bytesLimit: keyof Limits
  readonly depth: number
  /** Values, those in lists and objects and these themselves. */
  readonly nodes: number
}

export function invalid(field: string, reason: string, cause?: unknown): ValidationError {
  return new ValidationError(`invalid ${field}: ${reason}`, { field, cause })
}

/** What a look at something of the caller's comes to. @throws ValidationError: it threw */
export function looking<T>(field: string, look: () => T): T {
  try {
    return look()
  } catch (error) {
    if (error instanceof ValidationError) throw error
    throw invalid(field, 'it cannot be read', error)
  }
}

/** The name of a member of `field`; of what was given as a whole where that is empty. */
export function within(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`
}

interface Asked {
  /** Empty: what was given as a whole, which is spoken of by `as`. */
  readonly field: string
  readonly as: string
  /** Names of members that may be there as well, and are not looked at. `any`: all. */
  readonly passed?: readonly string[] | 'any'
}

/**
 * The members of these names that an object has itself. @throws ValidationError for what is no object, and for members of
 * other names
 */
export function membersOf<N extends string>(
  value: unknown,
  { field, as, passed = [] }: Asked,
  names: readonly N[],
): { readonly [Name in N]?: unknown } {
  const object = objectIn(value, field === '' ? as : field)
  refuseMap(object, field === '' ? as : field)
  const has = (name: string): boolean => looking(within(field, name), () => Object.hasOwn(object, name))
  if (has('__proto__')) throw invalid(within(field, '__proto__'), 'no member may have this name')
  if (passed !== 'any') refuseOthers(object, field, { names, passed })
  const members = names.flatMap((name): [N, unknown][] => {
    if (!has(name)) return []
    const member = looking(within(field, name), (): unknown => Reflect.get(object, name))
    return member === undefined ? [] : [[name, member]]
  })
  return Object.fromEntries(members) as { readonly [Name in N]?: unknown }
}

function refuseOthers(
  object: object,
  field: string,
  { names, passed }: { readonly names: readonly string[]; readonly passed: readonly string[] },
): void {
  // What is of one alone says more than what all have.
  const known = [...passed, ...names]
  const other = looking(field, () => Object.keys(object)).find((name) => !known.includes(name))
  if (other === undefined) return
  const shown = other.length > 60 ? `${other.slice(0, 57)}...` : other
  throw invalid(
    within(field, shown.toWellFormed().replaceAll('\0', '')),
    `there is no such member; there are ${known.join(', ')}${namingNearest(other, known)}`,
  )
}

/** Its entries are no members, and would be passed over without a word. */
function refuseMap(object: object, field: string): void {
  if (types.isMap(object)) throw invalid(field, 'it is a Map: give a plain object, with members')
}

/** An object that is no more than its members. @throws ValidationError */
export function plainIn(value: unknown, field: string): object {
  const object = objectIn(value, field)
  refuseMap(object, field)
  if (!looking(field, () => isPlain(object))) throw invalid(field, 'it is no plain object')
  return object
}

/** Of any realm: what test runners and sandboxes make is plain too. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

export function objectIn(value: unknown, field: string): object {
  const isObject = typeof value === 'object' && value !== null && !isList(value, field)
  if (!isObject) throw invalid(field, 'it is not an object')
  return value
}

function isList(value: unknown, field: string): value is readonly unknown[] {
  return looking(field, () => Array.isArray(value))
}

/** The entries of a list. @throws ValidationError for what is no list, or has more than `most` */
export function entriesOf(value: unknown, field: string, most: number, limit: string): readonly unknown[] {
  if (!isList(value, field)) throw invalid(field, 'it is not a list')
  const length = lengthOf(value, field)
  if (length > most) throw invalid(field, `it has more than ${most} entries (${limit})`)
  return Array.from({ length }, (_, at) => looking(`${field}[${at}]`, () => value[at]))
}

/** A proxy may say anything. */
function lengthOf(list: readonly unknown[], field: string): number {
  const length: unknown = looking(field, () => list.length)
  if (typeof length === 'number' && Number.isSafeInteger(length) && length >= 0) return length
  throw invalid(field, 'it cannot be read')
}

/** One line of text. @throws ValidationError */
export function textIn(value: unknown, field: string, most: number): string {
  if (typeof value !== 'string') throw invalid(field, 'it is not text')
  if (value.length > most) throw invalid(field, `it is longer than ${most} characters`)
  if (!value.isWellFormed()) throw invalid(field, 'it has half of a character, a lone surrogate')
  if (value.includes('\0')) throw invalid(field, 'it has a NUL')
  return value
}

/** What it does is its own. */
export function functionIn<F extends (...given: never[]) => unknown>(value: unknown, field: string): F {
  if (typeof value !== 'function') throw invalid(field, 'it is no function')
  return value as F
}

export function flagIn(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw invalid(field, 'it is neither true nor false')
  return value
}

export function oneOf<T extends string>(value: unknown, field: string, all: readonly T[]): T {
  const found = all.find((one) => one === value)
  if (found !== undefined) return found
  const meant = typeof value === 'string' ? namingNearest(value, all) : ''
  throw invalid(field, `it is none of ${all.join(', ')}${meant}`)
}

/** A copy of what JSON can say, and of nothing else. Members without a value are left out, as JSON does. */
export function plainObject(value: unknown, field: string, limits: PlainLimits): Record<string, unknown> {
  objectIn(value, field)
  return new PlainCopy(field, limits).of(value, limits.depth) as Record<string, unknown>
}

/** A kind's own document; the core holds it against its schema. */
export function documentIn(value: unknown, limits: Limits): Record<string, unknown> {
  return plainObject(value, 'document', {
    bytes: limits.documentBytes,
    bytesLimit: 'documentBytes',
    depth: limits.customDepth,
    nodes: limits.jsonNodes,
  })
}

/** What an artifact says of itself in words of its own. */
export function customIn(value: unknown, field: string, limits: Limits): Record<string, unknown> {
  return plainObject(value, field, {
    bytes: limits.customBytes,
    bytesLimit: 'customBytes',
    depth: limits.customDepth,
    nodes: limits.jsonNodes,
  })
}

class PlainCopy {
  readonly #field: string
  readonly #limits: PlainLimits
  #left: number
  #nodes: number

  constructor(field: string, limits: PlainLimits) {
    this.#field = field
    this.#limits = limits
    this.#left = limits.bytes
    this.#nodes = limits.nodes
  }

  of(value: unknown, depth: number): unknown {
    if (depth < 0) throw this.#invalid(`it is nested deeper than ${this.#limits.depth}`)
    this.#nodes -= 1
    this.#requireNodes(0)
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        this.#spend(8)
        if (!Number.isFinite(value)) throw this.#invalid('it has a number that JSON does not know')
        return value
      case 'boolean':
        this.#spend(8)
        return value
      case 'object':
        this.#spend(8)
        if (value === null) return null
        return isList(value, this.#field) ? this.#list(value, depth) : this.#object(value, depth)
      default:
        throw this.#invalid(`it has a ${typeof value}, which JSON does not know`)
    }
  }

  #text(value: string): string {
    this.#spend(value.length + 2)
    if (!value.isWellFormed() || value.includes('\0'))
      throw this.#invalid('it has text with a NUL or a lone surrogate')
    return value
  }

  #list(value: readonly unknown[], depth: number): unknown[] {
    const length = lengthOf(value, this.#field)
    this.#require(length * 2)
    this.#requireNodes(length)
    return Array.from({ length }, (_, at) =>
      this.of(
        this.#look(() => value[at]),
        depth - 1,
      ),
    )
  }

  #object(value: object, depth: number): Record<string, unknown> {
    if (!this.#look(() => isPlain(value))) throw this.#invalid('it has an object that is no plain data')
    const names = this.#look(() => Object.keys(value))
    this.#require(names.length * 2)
    this.#requireNodes(names.length)
    const members: [string, unknown][] = []
    for (const name of names) {
      if (name === '__proto__')
        throw this.#invalid('it has a member __proto__, which no member may be called')
      const member: unknown = this.#look(() => Reflect.get(value, name))
      if (member !== undefined) members.push([this.#text(name), this.of(member, depth - 1)])
    }
    return Object.fromEntries(members)
  }

  #look<T>(look: () => T): T {
    return looking(this.#field, look)
  }

  #spend(bytes: number): void {
    this.#left -= bytes
    this.#require(0)
  }

  /** So many are still to come at least: values of nothing much take little room, and their time nevertheless. */
  #requireNodes(nodes: number): void {
    if (this.#nodes < nodes)
      throw this.#invalid(`it has more than ${this.#limits.nodes} values (limits.jsonNodes)`)
  }

  /** So much is still to come at least. */
  #require(bytes: number): void {
    if (this.#left < bytes)
      throw this.#invalid(`it has more than ${this.#limits.bytes} bytes (limits.${this.#limits.bytesLimit})`)
  }

  #invalid(reason: string): ValidationError {
    return invalid(this.#field, reason)
  }
}
