import { isJsonObject, type JsonObject, memberOf } from '../../domain/strict-json.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Dependency, Kind } from '../kind.ts'
import { readReference } from '../reference.ts'
import {
  type Builder,
  closed,
  count,
  type DocumentSchema,
  duration,
  listOf,
  mapOf,
  name,
  names,
  reference,
  references,
  text,
} from '../schemas.ts'
import { pclFacts } from '../shared/source/pcl-facts.ts'
import { stepProblems } from './steps.ts'

const mostTries = 100

function retry(t: Builder): DocumentSchema {
  const tries = count(t, 0, mostTries)
  const backoff = t.Enum(['linear', 'exponential', 'constant'])
  const delayed = closed(t, { count: tries, delay: duration(t), backoff }, ['count'])
  return t.Union([
    { ...tries, title: 'how often' },
    { ...delayed, title: 'a count with its delay, such as { count: 3, delay: 1s, backoff: exponential }' },
  ])
}

function steps(t: Builder): DocumentSchema {
  const step = {
    name: name(t),
    uses: reference(t),
    after: names(t),
    with: mapOf(t, t.Unknown()),
    when: text(t),
    timeout: duration(t),
    retry: retry(t),
  }
  return t.Union([
    { ...text(t, 100_000), title: 'an expression, such as A -> (B || C)' },
    { ...listOf(t, closed(t, step, ['name']), 1), title: 'a list of steps' },
  ])
}

export const workflow: Kind = defineKind({
  name: 'workflow',
  about: 'Steps that personas, teams and tools carry out one after another or side by side',
  schema: (t) =>
    closed(t, {
      input: name(t),
      output: name(t),
      steps: steps(t),
      uses: references(t),
      timeout: duration(t),
      retry: retry(t),
      fallback: reference(t),
      when: text(t),
      tags: names(t),
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
