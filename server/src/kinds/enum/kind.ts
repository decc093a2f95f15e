import type { JsonObject } from '../../domain/strict-json.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind, Problem } from '../kind.ts'
import { closed, name, text } from '../schemas.ts'
import { shown } from '../shared/place.ts'
import { typescriptFacts } from '../shared/source/typescript-facts.ts'

const mostValues = 10_000

export const enumKind: Kind = defineKind({
  name: 'enum',
  about: 'A closed set of named values',
  schema: (t) => {
    const value = t.Unsafe({ type: ['string', 'number'] })
    const named = { name: name(t), value, about: text(t), deprecated: t.Boolean() }
    const values = t.Array(closed(t, named, ['name']), { minItems: 1, maxItems: mostValues })
    return closed(t, { values }, ['values'])
  },
  fileName: fileOf('ts'),
  checks: valueProblems,
  sourceFacts: typescriptFacts,
})

/** Two names may stand for one value, but one name for one only. */
function valueProblems({ values }: JsonObject): readonly Problem[] {
  const seen = new Set<unknown>()
  return (values as readonly JsonObject[]).flatMap(({ name: value }, index) => {
    if (seen.has(value)) return [{ path: `/values/${index}/name`, reason: `${shown(value)} is there twice` }]
    seen.add(value)
    return []
  })
}
