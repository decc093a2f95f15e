import { isJsonObject, type JsonObject, memberOf } from '../../domain/strict-json.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Dependency, Kind } from '../kind.ts'
import { readReference } from '../reference.ts'
import {
  closed,
  count,
  type DocumentSchema,
  duration,
  listOf,
  mapOf,
  name,
  names,
  oneOf,
  reference,
  references,
  text,
} from '../schemas.ts'
import { pclFacts } from '../shared/source/pcl-facts.ts'
import { stepProblems } from './steps.ts'

const retry: DocumentSchema = {
  anyOf: [
    { title: 'how often', ...count(0, 100) },
    {
      title: 'a count with its delay, such as { count: 3, delay: 1s, backoff: exponential }',
      ...closed(
        { count: count(0, 100), delay: duration, backoff: oneOf('linear', 'exponential', 'constant') },
        ['count'],
      ),
    },
  ],
}
const expression: DocumentSchema = { title: 'an expression, such as A -> (B || C)', ...text(100_000) }
const step: DocumentSchema = closed(
  { name, uses: reference, after: names, with: mapOf(true), when: text(), timeout: duration, retry },
  ['name'],
)

export const workflow: Kind = defineKind({
  name: 'workflow',
  about: 'Steps that personas, teams and tools carry out one after another or side by side',
  schema: closed({
    input: name,
    output: name,
    steps: { anyOf: [expression, { title: 'a list of steps', ...listOf(step, 1) }] },
    uses: references,
    timeout: duration,
    retry,
    fallback: reference,
    when: text(),
    tags: names,
  }),
  fileName: fileOf('pcl'),
  checks: stepProblems,
  needs: { uses: 'uses', fallback: 'uses' },
  deeperNeeds: usedBySteps,
  topics: ['tags'],
  sourceFacts: pclFacts,
})

function usedBySteps(document: JsonObject): readonly Dependency[] {
  const steps = memberOf(document, 'steps')
  return (Array.isArray(steps) ? steps : []).flatMap((entry) => {
    const uses = isJsonObject(entry) ? memberOf(entry, 'uses') : undefined
    const named = typeof uses === 'string' ? readReference(uses) : ''
    return typeof named === 'string' ? [] : [{ relation: 'uses', ...named }]
  })
}
