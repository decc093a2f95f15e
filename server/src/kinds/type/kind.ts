import { type JsonObject, memberOf } from '../../domain/strict-json.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Dependency, Kind, Problem } from '../kind.ts'
import { readReference } from '../reference.ts'
import { closed, name, names, references } from '../schemas.ts'
import { pointerTo, shown } from '../shared/place.ts'
import { everySchema, referenceOf, referredTo } from '../shared/schema/held-schemas.ts'
import { loadChecking } from '../shared/schema/load-checking.ts'
import { typescriptFacts } from '../shared/source/typescript-facts.ts'

const jsonSchema = 'json-schema'

export const type: Kind = defineKind({
  name: 'type',
  about: 'A data type that others validate by and build upon',
  schema: (t) =>
    closed(t, {
      /** JSON Schema, unless `notation` names another language, of which nothing is checked here. */
      schema: t.Unknown(),
      notation: name(t),
      parameters: names(t),
      extends: references(t),
      uses: references(t),
      examples: t.Array(t.Unknown(), { maxItems: 100 }),
    }),
  fileName: fileOf('ts'),
  checks: schemaProblems,
  needs: { extends: 'extends', uses: 'uses' },
  deeperNeeds: typesNamed,
  sourceFacts: typescriptFacts,
})

function isJsonSchema(document: JsonObject): boolean {
  return Object.hasOwn(document, 'schema') && (memberOf(document, 'notation') ?? jsonSchema) === jsonSchema
}

async function schemaProblems(document: JsonObject, limit: number): Promise<readonly Problem[]> {
  if (!isJsonSchema(document)) return []
  const root = document['schema']
  const { problemsAsSchema } = await loadChecking()
  const problems = problemsAsSchema(root, limit)
  if (problems.length > 0) return problems.map(({ path, reason }) => ({ path: `/schema${path}`, reason }))
  return lostReferences(root).take(limit).toArray()
}

function* lostReferences(root: unknown): Generator<Problem> {
  for (const { schema, place } of everySchema(root, { within: undefined, step: 'schema' })) {
    // Below an $id, or by an $anchor, a reference may mean what is not looked for here.
    if (Object.hasOwn(schema, '$id')) return
    const reference = referenceOf(schema) ?? ''
    if (!/^#(?:\/|$)/.test(reference) || referredTo(root, reference) !== undefined) continue
    const path = pointerTo({ within: place, step: '$ref' })
    yield { path, reason: `${shown(reference)} names nothing within the schema` }
  }
}

/** References by which a schema names other types: `type:acme/user@^1#/properties/name`. */
function typesNamed(document: JsonObject): readonly Dependency[] {
  if (!isJsonSchema(document)) return []
  return everySchema(document['schema'])
    .flatMap(({ schema }) => {
      const reference = referenceOf(schema) ?? ''
      const named = reference.startsWith('type:') ? readReference(reference.split('#', 1)[0] ?? '') : ''
      return typeof named === 'string' ? [] : [{ relation: 'uses', ...named }]
    })
    .toArray()
}
