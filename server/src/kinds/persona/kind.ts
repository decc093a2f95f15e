import Type from 'typebox'
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, name, names, optional, references, text } from '../schemas.ts'

export const persona: Kind = defineKind({
  name: 'persona',
  about: 'Who an agent is: what it knows, how it behaves, what it will not do',
  schema: closed({
    extends: optional(references),
    implements: optional(references),
    requires: optional(references),
    skills: optional(references),
    tools: optional(names),
    constraints: optional(Type.Array(text, { maxItems: 1_000 })),
    hooks: optional(names),
    tone: optional(name),
    instructions: optional(text),
  }),
  extension: 'pcl',
  needs: { extends: 'extends', implements: 'implements', requires: 'uses', skills: 'uses' },
})
