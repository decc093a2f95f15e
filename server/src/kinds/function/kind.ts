import Type from 'typebox'
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, name, optional, references } from '../schemas.ts'

export const functionKind: Kind = defineKind({
  name: 'function',
  about: 'Something that can be called: its parameters, and what it answers',
  schema: closed({
    parameters: optional(
      Type.Array(closed({ name, type: optional(Type.String()), optional: optional(Type.Boolean()) }), {
        maxItems: 1_000,
      }),
    ),
    returns: optional(Type.String()),
    async: optional(Type.Boolean()),
    uses: optional(references),
  }),
  extension: 'ts',
  needs: { uses: 'uses' },
})
