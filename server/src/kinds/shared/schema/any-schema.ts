import type { JsonObject } from '../../../domain/strict-json.ts'
import { type Compiled, compileSchema } from './compile-schema.ts'
import { loadTypeBox, type TypeBox } from './load-typebox.ts'

let compiled: Compiled | undefined

/** Whether something is a JSON Schema, by the shape of all its keywords. Nobody is asked for what it refers to elsewhere. */
export async function whatIsNoSchema(): Promise<Compiled> {
  const box = await loadTypeBox()
  compiled ??= compileSchema(box, schemaOfSchemas(box))
  return compiled
}

/** Draft-07 says it in one piece; the keywords since then are added to it, those of later meanings left as they are. */
function schemaOfSchemas({ Meta }: TypeBox): JsonObject {
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
