import Type from 'typebox'
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, optional, references } from '../schemas.ts'

export const type: Kind = defineKind({
  name: 'type',
  about: 'A data type that others validate by and build upon',
  schema: closed({
    /** JSON Schema, or a form that is normalised to one. */
    schema: optional(Type.Unknown()),
    extends: optional(references),
    uses: optional(references),
  }),
  extension: 'ts',
  needs: { extends: 'extends', uses: 'uses' },
})
