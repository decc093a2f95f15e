import type { JsonObject } from '../../../domain/strict-json.ts'
import { referenceOf, referredTo, valueAt } from './held-schemas.ts'

/** What TypeBox has looked at, and by what. */
export interface Looked {
  readonly root: JsonObject
  readonly value: unknown
}

/** The schema at a place that TypeBox names. Such a path goes on behind a `$ref` as if what it names stood there. */
export function schemaAt(root: JsonObject, path: string): unknown {
  let schema: unknown = root
  for (const step of path.split('/').slice(1)) {
    schema = valueAt(schema, `/${step}`) ?? valueAt(followed(root, schema), `/${step}`)
  }
  return followed(root, schema)
}

/** No schema that was taken refers to itself. */
function followed(root: JsonObject, schema: unknown): unknown {
  let target = schema
  for (let name = referenceOf(target); name !== undefined; name = referenceOf(target))
    target = referredTo(root, name)
  return target
}
