import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, mapOf, name, names, references, text, texts } from '../schemas.ts'
import { pclFacts } from '../shared/source/pcl-facts.ts'

const hooks = [
  'onActivate',
  'onDeactivate',
  'onError',
  'onMessage',
  'onStep',
  'onComplete',
  'beforeMerge',
  'afterMerge',
  'onSpawn',
  'onDespawn',
  'onTimeout',
  'onRetry',
]

export const persona: Kind = defineKind({
  name: 'persona',
  about: 'Who an agent is: what it knows, how it behaves, what it will not do',
  schema: (t) =>
    closed(t, {
      role: name(t),
      tone: name(t),
      instructions: text(t, 100_000),
      model: name(t),
      abstract: t.Boolean(),
      extends: references(t),
      implements: references(t),
      requires: references(t),
      skills: references(t),
      tools: names(t),
      tags: names(t),
      constraints: texts(t),
      hooks: t.Array(t.Enum(hooks), { maxItems: hooks.length, uniqueItems: true }),
      properties: mapOf(t, t.Unknown()),
    }),
  fileName: fileOf('pcl'),
  needs: { extends: 'extends', implements: 'implements', requires: 'uses', skills: 'uses' },
  topics: ['tags'],
  sourceFacts: pclFacts,
})
