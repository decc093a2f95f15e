import Type from 'typebox'
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, name, optional, reference, references, text } from '../schemas.ts'

const duration = Type.String({ pattern: '^[0-9]+(?:ms|s|m|h|d)$' })

export const workflow: Kind = defineKind({
  name: 'workflow',
  about: 'Steps that personas, teams and tools carry out one after another or side by side',
  schema: closed({
    input: optional(name),
    output: optional(name),
    steps: optional(text),
    uses: optional(references),
    timeout: optional(duration),
    retry: optional(
      closed({
        count: Type.Integer({ minimum: 0, maximum: 100 }),
        delay: optional(duration),
        backoff: optional(
          Type.Union([Type.Literal('linear'), Type.Literal('exponential'), Type.Literal('constant')]),
        ),
      }),
    ),
    fallback: optional(reference),
  }),
  extension: 'pcl',
  needs: { uses: 'uses', fallback: 'uses' },
})
