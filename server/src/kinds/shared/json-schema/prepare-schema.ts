import { isJsonObject, type JsonObject, memberOf } from '../../../domain/strict-json.ts'
import type { Problem } from '../../kind.ts'
import { type LinearPattern, linearPattern } from '../pattern/linear-pattern.ts'
import { PatternRefused } from '../pattern/parse-pattern.ts'
import { type Place, pointerTo, shown } from '../place.ts'
import { heldBy, keywords, type Schema } from './keywords.ts'
import { readSchema, resolveLocal, type SchemaPlace } from './schema-problems.ts'

/** A schema that documents can be checked by: all that it refers to is found, and no document can make it go on and on. */
export interface PreparedSchema {
  readonly root: Schema
  readonly references: ReadonlyMap<string, Schema>
  readonly patterns: ReadonlyMap<string, LinearPattern>
  /** Before 2019-09 nothing counted beside a `$ref`. */
  readonly referenceStandsAlone: boolean
}

export type Prepared =
  | { readonly ok: true; readonly schema: PreparedSchema }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Schemas that speak of one value, each within the other. */
export const deepestSameValue = 16
/** Schemas that speak of one value, all ways through references counted. */
export const mostOfSameValue = 10_000
/** Parts of all patterns together. */
export const mostPatternParts = 20_000

const olderDialects = ['http://json-schema.org/draft-06/schema', 'http://json-schema.org/draft-07/schema']
const newerDialects = [
  'https://json-schema.org/draft/2019-09/schema',
  'https://json-schema.org/draft/2020-12/schema',
]

const notTaken: ReadonlyMap<string, string> = new Map([
  ['$anchor', 'refer by a JSON pointer, such as #/$defs/name'],
  ['$dynamicAnchor', 'refer by a JSON pointer, such as #/$defs/name'],
  ['$dynamicRef', 'use $ref'],
  ['$recursiveAnchor', 'use $ref'],
  ['$recursiveRef', 'use $ref'],
  ['unevaluatedItems', 'use items beside prefixItems'],
  ['unevaluatedProperties', 'use additionalProperties beside the properties'],
])

/** Never fetches anything. At most `limit` problems, each with where in the schema it is. */
export function prepareSchema(given: unknown, limit: number): Prepared {
  const { problems, schemas } = readSchema(given, limit)
  if (problems.length > 0) return { ok: false, problems }
  const root = given as Schema
  const refused = [
    ...dialectProblems(root),
    ...schemas.flatMap((place) => keywordProblems(place, place.schema === root)),
  ]
  const { references, problems: lost } = findReferences(root, schemas)
  const { patterns, problems: unfit } = readPatterns(schemas)
  const found = [...refused, ...lost, ...unfit]
  if (found.length === 0) found.push(...growthProblems(schemas, references))
  if (found.length > 0) return { ok: false, problems: found.slice(0, limit) }
  const dialect = dialectOf(root)
  const referenceStandsAlone = dialect !== undefined && olderDialects.includes(dialect)
  return { ok: true, schema: { root, references, patterns, referenceStandsAlone } }
}

function dialectOf(root: Schema): string | undefined {
  const named = isJsonObject(root) ? memberOf(root, '$schema') : undefined
  return typeof named === 'string' ? named.replace(/#$/, '') : undefined
}

function dialectProblems(root: Schema): readonly Problem[] {
  const dialect = dialectOf(root)
  if (dialect === undefined || [...olderDialects, ...newerDialects].includes(dialect)) return []
  const reason = `${shown(dialect)} is none of the dialects that are known: ${[...newerDialects, ...olderDialects].join(', ')}`
  return [{ path: '/$schema', reason }]
}

function keywordProblems({ schema, place }: SchemaPlace, isRoot: boolean): readonly Problem[] {
  if (typeof schema === 'boolean') return []
  return Object.keys(schema).flatMap((name) => {
    const path = (): string => pointerTo({ within: place, step: name })
    const instead = notTaken.get(name)
    if (instead !== undefined) return [{ path: path(), reason: `${name} is not taken here: ${instead}` }]
    if (name === '$id' && !isRoot) {
      return [{ path: path(), reason: 'only the schema as a whole may have an $id' }]
    }
    return []
  })
}

interface Found<T> {
  readonly problems: readonly Problem[]
  readonly found: ReadonlyMap<string, T>
}

function findReferences(
  root: Schema,
  schemas: readonly SchemaPlace[],
): { readonly references: ReadonlyMap<string, Schema>; readonly problems: readonly Problem[] } {
  const known = new Set<unknown>(schemas.map(({ schema }) => schema))
  const { found, problems } = collect(textsAt(schemas, '$ref'), (reference): Schema | string => {
    if (!reference.startsWith('#')) {
      return `${shown(reference)} is elsewhere, and nothing is fetched: put it below $defs and write #/$defs/…`
    }
    const target = resolveLocal(root, reference)?.value
    if (typeof target === 'boolean') return target
    return known.has(target) ? (target as Schema) : `${shown(reference)} names no schema within this file`
  })
  return { references: found, problems }
}

function readPatterns(schemas: readonly SchemaPlace[]): {
  readonly patterns: ReadonlyMap<string, LinearPattern>
  readonly problems: readonly Problem[]
} {
  let parts = 0
  const { found, problems } = collect(patternsIn(schemas), (text): LinearPattern | string => {
    try {
      const pattern = linearPattern(text)
      parts += pattern.states
      return parts <= mostPatternParts
        ? pattern
        : `all patterns together have more than ${mostPatternParts} parts`
    } catch (error) {
      if (error instanceof PatternRefused) return `the pattern ${error.message}`
      throw error
    }
  })
  return { patterns: found, problems }
}

interface TextPlace {
  readonly text: string
  readonly place: Place
}

/** Each text once; what `read` answers as text is what is wrong with it. */
function collect<T extends object | boolean>(
  texts: Iterable<TextPlace>,
  read: (text: string) => T | string,
): Found<T> {
  const found = new Map<string, T>()
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const { text, place } of texts) {
    if (seen.has(text)) continue
    seen.add(text)
    const answer = read(text)
    if (typeof answer === 'string') problems.push({ path: pointerTo(place), reason: answer })
    else found.set(text, answer)
  }
  return { found, problems }
}

function* textsAt(schemas: readonly SchemaPlace[], keyword: string): Generator<TextPlace> {
  for (const { schema, place } of schemas) {
    const text = typeof schema === 'boolean' ? undefined : memberOf(schema, keyword)
    if (typeof text === 'string') yield { text, place: { within: place, step: keyword } }
  }
}

function* patternsIn(schemas: readonly SchemaPlace[]): Generator<TextPlace> {
  yield* textsAt(schemas, 'pattern')
  for (const { schema, place } of schemas) {
    const named = typeof schema === 'boolean' ? undefined : memberOf(schema, 'patternProperties')
    if (!isJsonObject(named)) continue
    const within: Place = { within: place, step: 'patternProperties' }
    for (const text of Object.keys(named)) yield { text, place: { within, step: text } }
  }
}

interface Growth {
  readonly depth: number
  readonly count: number
}

/**
 * References can lead in a circle, or double at each step, so that one value alone is asked about without end. Where they
 * lead into a part of the value it is the document that bounds them.
 */
function growthProblems(
  schemas: readonly SchemaPlace[],
  references: ReadonlyMap<string, Schema>,
): readonly Problem[] {
  const grown = new Map<JsonObject, Growth | 'growing'>()
  const grow = (schema: Schema, depth: number): Growth | string => {
    if (typeof schema === 'boolean') return { depth: 1, count: 1 }
    const known = grown.get(schema)
    if (known === 'growing') return 'it refers to itself, for the same value'
    if (known !== undefined) return known
    if (depth > deepestSameValue) return tooDeep
    grown.set(schema, 'growing')
    let deepest = 0
    let count = 1
    for (const inner of ofSameValue(schema, references)) {
      const growth = grow(inner, depth + 1)
      if (typeof growth === 'string') return growth
      deepest = Math.max(deepest, growth.depth)
      count += growth.count
    }
    if (deepest + 1 > deepestSameValue) return tooDeep
    if (count > mostOfSameValue)
      return `it asks more than ${mostOfSameValue} schemas about the same value, by way of its references`
    const growth = { depth: deepest + 1, count }
    grown.set(schema, growth)
    return growth
  }
  for (const { schema, place } of schemas) {
    const growth = grow(schema, 1)
    if (typeof growth === 'string') return [{ path: pointerTo(place), reason: growth }]
  }
  return []
}

const tooDeep = `it has more than ${deepestSameValue} schemas about the same value, one within the other`

function* ofSameValue(schema: JsonObject, references: ReadonlyMap<string, Schema>): Generator<Schema> {
  const reference = memberOf(schema, '$ref')
  const target = typeof reference === 'string' ? references.get(reference) : undefined
  if (target !== undefined) yield target
  for (const { schema: inner, keyword } of heldBy(schema)) {
    if (keywords.get(keyword)?.sameValue === true) yield inner
  }
}
