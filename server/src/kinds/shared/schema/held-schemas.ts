import { isJsonObject, type JsonObject, memberOf } from '../../../domain/strict-json.ts'
import type { Place } from '../place.ts'

/** A schema with where it stands. */
export interface SchemaPlace {
  readonly schema: JsonObject
  readonly place: Place
}

/** Keywords that hold a schema or a list of them, of a part of the value or of the whole of it. */
const ofParts = new Set([
  ...['additionalItems', 'additionalProperties', 'contains', 'contentSchema', 'items', 'prefixItems'],
  ...['propertyNames', 'unevaluatedItems', 'unevaluatedProperties'],
])
const ofTheSame = new Set(['allOf', 'anyOf', 'else', 'if', 'not', 'oneOf', 'then'])
/** Keywords that hold schemas by name. */
const namedOfParts = new Set(['$defs', 'definitions', 'patternProperties', 'properties'])
const namedOfTheSame = new Set(['dependencies', 'dependentSchemas'])

/** Whether what stands right below a keyword are names, and not keywords. */
export function holdsByName(keyword: string): boolean {
  return namedOfParts.has(keyword) || namedOfTheSame.has(keyword)
}

/** Those right below one. What is no object is left out: `true` and `false` hold nothing. */
export function* schemasIn({ schema, place }: SchemaPlace, which?: 'of the same'): Generator<SchemaPlace> {
  for (const [keyword, value] of Object.entries(schema)) {
    const isNamed = namedOfTheSame.has(keyword) || (which === undefined && namedOfParts.has(keyword))
    const isPlain = ofTheSame.has(keyword) || (which === undefined && ofParts.has(keyword))
    const within: Place = { within: place, step: keyword }
    if (isPlain && isJsonObject(value)) yield { schema: value, place: within }
    const held = isPlain && Array.isArray(value) ? value.entries() : isNamed ? namedIn(value) : []
    for (const [step, one] of held) if (isJsonObject(one)) yield { schema: one, place: { within, step } }
  }
}

function namedIn(value: unknown): Iterable<[string, unknown]> {
  return isJsonObject(value) ? Object.entries(value) : []
}

/** One with all that it holds, outer ones first. */
export function* everySchema(root: unknown, at?: Place): Generator<SchemaPlace> {
  const waiting: SchemaPlace[] = isJsonObject(root) ? [{ schema: root, place: at }] : []
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next
    waiting.push(...schemasIn(next))
  }
}

/** What a JSON pointer (RFC 6901) names; undefined: nothing. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** What a reference within the same file names: `#`, or `#` and a JSON pointer. undefined: nothing that is here. */
export function referredTo(root: unknown, reference: string): unknown {
  if (!/^#(?:\/|$)/.test(reference)) return undefined
  try {
    return valueAt(root, decodeURIComponent(reference.slice(1)))
  } catch {
    return undefined
  }
}

export function referenceOf(schema: unknown): string | undefined {
  const reference = isJsonObject(schema) ? memberOf(schema, '$ref') : undefined
  return typeof reference === 'string' ? reference : undefined
}
