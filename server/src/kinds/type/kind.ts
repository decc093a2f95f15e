import { isJsonObject, type JsonObject, memberOf } from '../../domain/strict-json.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Dependency, Kind, Problem } from '../kind.ts'
import { readReference } from '../reference.ts'
import { closed, name, names, references } from '../schemas.ts'
import { readSchema, resolveLocal } from '../shared/json-schema/schema-problems.ts'
import { pointerTo, shown } from '../shared/place.ts'
import { typescriptFacts } from '../shared/source/typescript-facts.ts'

const jsonSchema = 'json-schema'

export const type: Kind = defineKind({
  name: 'type',
  about: 'A data type that others validate by and build upon',
  schema: closed({
    /** JSON Schema, unless `notation` names another language, of which nothing is checked here. */
    schema: {},
    notation: name,
    parameters: names,
    extends: references,
    uses: references,
    examples: { type: 'array', maxItems: 100 },
  }),
  fileName: fileOf('ts'),
  checks: schemaProblems,
  needs: { extends: 'extends', uses: 'uses' },
  deeperNeeds: referredTo,
  sourceFacts: typescriptFacts,
})

function isJsonSchema(document: JsonObject): boolean {
  return Object.hasOwn(document, 'schema') && (memberOf(document, 'notation') ?? jsonSchema) === jsonSchema
}

function schemaProblems(document: JsonObject, limit: number): readonly Problem[] {
  if (!isJsonSchema(document)) return []
  const root = document['schema']
  const { problems, schemas } = readSchema(root, limit, { within: undefined, step: 'schema' })
  if (problems.length > 0) return problems
  const hasOwnBase = schemas.some(({ schema }) => isJsonObject(schema) && Object.hasOwn(schema, '$id'))
  // Below an $id, or by an $anchor, a reference may mean what is not looked for here.
  if (hasOwnBase) return []
  return schemas.flatMap(({ schema, place }) => {
    const reference = isJsonObject(schema) ? memberOf(schema, '$ref') : undefined
    if (typeof reference !== 'string' || !/^#(?:\/|$)/.test(reference)) return []
    if (resolveLocal(root, reference) !== undefined) return []
    const path = pointerTo({ within: place, step: '$ref' })
    return [{ path, reason: `${shown(reference)} names nothing within the schema` }]
  })
}

/** References by which a schema names other types: `type:acme/user@^1#/properties/name`. */
function referredTo(document: JsonObject): readonly Dependency[] {
  if (!isJsonSchema(document)) return []
  return readSchema(document['schema'], 1).schemas.flatMap(({ schema }) => {
    const reference = isJsonObject(schema) ? memberOf(schema, '$ref') : undefined
    if (typeof reference !== 'string' || !reference.startsWith('type:')) return []
    const named = readReference(reference.split('#', 1)[0] ?? '')
    return typeof named === 'string' ? [] : [{ relation: 'uses', ...named }]
  })
}
