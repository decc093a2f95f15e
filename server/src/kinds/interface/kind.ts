import Type from 'typebox'
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, name, optional, references } from '../schemas.ts'

export const interfaceKind: Kind = defineKind({
  name: 'interface',
  about: 'What something has to offer to be used as such a thing',
  schema: closed({
    members: optional(
      Type.Array(closed({ name, type: optional(Type.String()), optional: optional(Type.Boolean()) }), {
        maxItems: 1_000,
      }),
    ),
    extends: optional(references),
    uses: optional(references),
  }),
  extension: 'ts',
  needs: { extends: 'extends', uses: 'uses' },
})
