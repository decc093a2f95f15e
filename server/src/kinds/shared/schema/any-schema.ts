import { Meta } from 'typebox/schema'
import type { JsonObject } from '../../../domain/strict-json.ts'
import type { Problem } from '../../kind.ts'
import { type Compiled, compileSchema } from './compile-schema.ts'

let compiled: Compiled | undefined

/** Why something is no JSON Schema, by the shape of all its keywords. Nobody is asked for what it refers to elsewhere. */
export function problemsAsSchema(given: unknown, limit: number): readonly Problem[] {
  compiled ??= compileSchema(schemaOfSchemas())
  return compiled(given, limit)
}

/** Draft-07 says it in one piece; the keywords since then are added to it, those of later meanings left as they are. */
function schemaOfSchemas(): JsonObject {
  const draft7: JsonObject = { ...Meta['http://json-schema.org/draft-07/schema#'] }
  const properties = draft7['properties'] as JsonObject
  const count = { $ref: '#/definitions/nonNegativeInteger' }
  const names = { type: 'object', additionalProperties: { $ref: '#/definitions/stringArray' } }
  return {
    ...draft7,
    title: 'a schema',
    properties: {
      ...properties,
      // Names of artifacts with their ranges are no URIs.
      $ref: { type: 'string' },
      $defs: properties['definitions'],
      dependentRequired: names,
      dependentSchemas: properties['definitions'],
      maxContains: count,
      minContains: count,
      prefixItems: { $ref: '#/definitions/schemaArray' },
      unevaluatedItems: { $ref: '#' },
      unevaluatedProperties: { $ref: '#' },
    },
  }
}
