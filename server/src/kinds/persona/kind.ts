import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, listOf, mapOf, name, names, oneOf, references, text, texts, yesOrNo } from '../schemas.ts'
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
] as const

export const persona: Kind = defineKind({
  name: 'persona',
  about: 'Who an agent is: what it knows, how it behaves, what it will not do',
  schema: closed({
    role: name,
    tone: name,
    instructions: text(100_000),
    model: name,
    abstract: yesOrNo,
    extends: references,
    implements: references,
    requires: references,
    skills: references,
    tools: names,
    tags: names,
    constraints: texts,
    hooks: { ...listOf(oneOf(...hooks)), uniqueItems: true },
    properties: mapOf(true),
  }),
  fileName: fileOf('pcl'),
  needs: { extends: 'extends', implements: 'implements', requires: 'uses', skills: 'uses' },
  topics: ['tags'],
  sourceFacts: pclFacts,
})
