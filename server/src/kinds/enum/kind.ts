import Type from 'typebox'
import type { JsonObject } from '../../domain/strict-json.ts'
import { defineKind } from '../define-kind.ts'
import type { Kind, Problem } from '../kind.ts'
import { closed, name, optional } from '../schemas.ts'

export const enumKind: Kind = defineKind({
  name: 'enum',
  about: 'A closed set of named values',
  schema: closed({
    values: Type.Array(
      closed({ name, value: optional(Type.Union([Type.String(), Type.Number()])), about: optional(name) }),
      { minItems: 1, maxItems: 10_000 },
    ),
  }),
  extension: 'ts',
  checks: checkEnum,
})

function checkEnum({ values }: JsonObject): readonly Problem[] {
  const seen = new Set<unknown>()
  return (values as readonly JsonObject[]).flatMap(({ name: value }, at) => {
    if (!seen.has(value)) {
      seen.add(value)
      return []
    }
    return [{ path: `/values/${at}/name`, reason: `${String(value)} is there twice` }]
  })
}
