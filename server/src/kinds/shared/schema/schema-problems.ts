import { isJsonObject, type JsonObject, memberOf } from '../../../domain/strict-json.ts'
import type { Problem } from '../../kind.ts'
import { cut, pointerTo, shown } from '../place.ts'
import { everySchema, referenceOf, referredTo, type SchemaPlace, schemasIn } from './held-schemas.ts'

/** Of the file, in characters. */
export const longestSchema = 1_048_576
export const deepestSchema = 100
export const mostSchemas = 10_000
/** Schemas that speak of one value, each within the other. */
export const deepestSameValue = 50

const dialects = [
  'https://json-schema.org/draft/2020-12/schema',
  'https://json-schema.org/draft/2019-09/schema',
  'http://json-schema.org/draft-07/schema',
  'http://json-schema.org/draft-06/schema',
]

const notTaken: ReadonlyMap<string, string> = new Map([
  ['$anchor', 'refer by a JSON pointer, such as #/$defs/name'],
  ['$dynamicAnchor', 'refer by a JSON pointer, such as #/$defs/name'],
  ['$dynamicRef', 'use $ref'],
  ['$recursiveAnchor', 'use $ref'],
  ['$recursiveRef', 'use $ref'],
])

/** Why something is more than is looked at. undefined: it is not. */
export function whyTooMuch(root: JsonObject): string | undefined {
  if (isDeeperThan(root, deepestSchema)) return `it is nested deeper than ${deepestSchema}`
  if (JSON.stringify(root).length > longestSchema) return `it is longer than ${longestSchema} characters`
  const more = everySchema(root).drop(mostSchemas).next()
  return more.done === true ? undefined : `it has more than ${mostSchemas} schemas within it`
}

/** What a schema says that cannot be used here, though it is one. It is no more than is looked at. */
export function* schemaProblems(root: JsonObject): Generator<Problem> {
  const dialect = memberOf(root, '$schema')
  if (typeof dialect === 'string' && !dialects.includes(dialect.replace(/#$/, ''))) {
    const reason = `${shown(dialect)} is none of the dialects that are known: ${dialects.join(', ')}`
    yield { path: '/$schema', reason }
  }
  const schemas = everySchema(root).toArray()
  const known = new Set<unknown>(schemas.map(({ schema }) => schema))
  for (const one of schemas) {
    const { schema } = one
    for (const [keyword, reason] of [
      ...unusable(schema, root),
      ...lost(schema, root, known),
      ...unrun(schema),
    ])
      yield { path: pointerTo({ within: one.place, step: keyword }), reason }
  }
  const circle = findCircle(root)
  if (circle !== undefined) yield circle
}

/** What is wrong with one keyword of a schema. */
type Wrong = [keyword: string, reason: string]

function* unusable(schema: JsonObject, root: JsonObject): Generator<Wrong> {
  for (const keyword of Object.keys(schema)) {
    const instead = notTaken.get(keyword)
    if (instead !== undefined) yield [keyword, `${keyword} is not taken here: ${instead}`]
  }
  if (Object.hasOwn(schema, '$id') && schema !== root)
    yield ['$id', 'only the schema as a whole may have an $id']
  const { properties = {}, required = [] } = schema
  for (const name of [...Object.keys(Object(properties)), ...[required].flat()].map(String)) {
    // TypeBox would find the one that every object of the language has.
    if (name in Object.prototype && name !== 'constructor' && name !== '__proto__')
      yield ['properties', `no member may be called ${name}`]
  }
}

/** Some are refused only when they are run: those that are too large. */
function* unrun(schema: JsonObject): Generator<Wrong> {
  const { pattern = '', patternProperties = {} } = schema
  const named = Object.keys(Object(patternProperties)).map((text): Wrong => ['patternProperties', text])
  for (const [keyword, text] of [['pattern', String(pattern)] satisfies Wrong, ...named]) {
    try {
      const expression = new RegExp(text, 'u')
      // For texts of Latin letters and for others, as they are looked at and as they are compiled.
      for (const subject of ['a', 'a', '\u0416', '\u0416']) expression.test(subject)
    } catch (error) {
      yield [keyword, cut(`it cannot be used: ${error instanceof Error ? error.message : ''}`, 300)]
    }
  }
}

function* lost(schema: JsonObject, root: JsonObject, known: ReadonlySet<unknown>): Generator<Wrong> {
  const reference = referenceOf(schema)
  if (reference === undefined) return
  const target = referredTo(root, reference)
  if (!reference.startsWith('#'))
    yield [
      '$ref',
      `${shown(reference)} is elsewhere, and nothing is fetched: put it below $defs and write #/$defs/…`,
    ]
  else if (typeof target !== 'boolean' && !known.has(target))
    yield ['$ref', `${shown(reference)} names no schema within this file`]
}

/** References can lead in a circle, so that one value alone is asked about without end. */
function findCircle(root: JsonObject): Problem | undefined {
  const done = new Set<JsonObject>()
  const above: JsonObject[] = []
  const whyEndless = ({ schema, place }: SchemaPlace): string | undefined => {
    if (above.includes(schema)) return 'it refers to itself, for the same value'
    if (above.length >= deepestSameValue)
      return `it has more than ${deepestSameValue} schemas about the same value, one within the other`
    if (done.has(schema)) return undefined
    above.push(schema)
    const target = referredTo(root, referenceOf(schema) ?? '')
    const further = isJsonObject(target) ? [{ schema: target, place }] : []
    for (const next of [...further, ...schemasIn({ schema, place }, 'of the same')]) {
      const why = whyEndless(next)
      if (why !== undefined) return why
    }
    above.pop()
    done.add(schema)
    return undefined
  }
  for (const one of everySchema(root)) {
    const why = whyEndless(one)
    if (why !== undefined) return { path: pointerTo(one.place), reason: why }
  }
  return undefined
}

/** Looked at without recursion, since it may be as deep as anything. */
function isDeeperThan(value: unknown, most: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true
    level = level
      .flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
      .filter((one) => typeof one === 'object' && one !== null)
  }
  return false
}
