import { isJsonObject, type JsonObject, memberOf } from '../../domain/strict-json.ts'
import type { Problem } from '../kind.ts'
import { readReference } from '../reference.ts'
import { shown } from '../shared/place.ts'
import { Tokens } from '../shared/source/tokens.ts'

/** What is wrong with steps that the schema has nothing against. */
export function stepProblems(document: JsonObject): readonly Problem[] {
  const steps = memberOf(document, 'steps')
  if (typeof steps === 'string') return expressionProblems(steps)
  if (!Array.isArray(steps)) return []
  const problems = [...eachStepProblems(steps)]
  return problems.length > 0 ? problems : circleProblems(steps)
}

const closes: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
])

function expressionProblems(expression: string): readonly Problem[] {
  const tokens = new Tokens(expression, { nestedComments: true, expressions: false })
  const open: string[] = []
  let words = 0
  for (let token = tokens.next(); token.is !== 'end'; token = tokens.next()) {
    if (token.is !== 'mark') words++
    else if ([...closes.values()].includes(token.text)) open.push(token.text)
    else if (closes.has(token.text) && open.pop() !== closes.get(token.text))
      return [{ path: '/steps', reason: `a ${token.text} closes what was not opened` }]
  }
  const last = open.at(-1)
  if (last !== undefined) return [{ path: '/steps', reason: `a ${last} is not closed` }]
  return words === 0 ? [{ path: '/steps', reason: 'it has no step' }] : []
}

function* eachStepProblems(steps: readonly unknown[]): Generator<Problem> {
  const known = new Set(steps.map((step) => (isJsonObject(step) ? memberOf(step, 'name') : undefined)))
  const seen = new Set<unknown>()
  for (const [index, step] of steps.entries()) {
    if (!isJsonObject(step)) continue
    const path = `/steps/${index}`
    const { name, uses, after } = step
    if (seen.has(name)) yield { path: `${path}/name`, reason: `${shown(name)} is there twice` }
    seen.add(name)
    const named = typeof uses === 'string' ? readReference(uses) : undefined
    if (typeof named === 'string') yield { path: `${path}/uses`, reason: named }
    for (const [at, earlier] of (Array.isArray(after) ? after : []).entries()) {
      if (!known.has(earlier))
        yield { path: `${path}/after/${at}`, reason: `${shown(earlier)} is none of the steps` }
    }
  }
}

/** Kahn's way: what is left when all was done that waits for nothing is a circle, or waits for one. */
function circleProblems(steps: readonly unknown[]): readonly Problem[] {
  const waiting = new Map<unknown, Set<unknown>>()
  const followers = new Map<unknown, unknown[]>()
  for (const step of steps as readonly JsonObject[]) {
    const after = new Set((step['after'] as readonly unknown[] | undefined) ?? [])
    waiting.set(step['name'], after)
    for (const earlier of after) followers.set(earlier, [...(followers.get(earlier) ?? []), step['name']])
  }
  const ready = [...waiting].filter(([, after]) => after.size === 0).map(([name]) => name)
  for (let done = ready.pop(); done !== undefined; done = ready.pop()) {
    waiting.delete(done)
    for (const follower of followers.get(done) ?? []) {
      const after = waiting.get(follower)
      after?.delete(done)
      if (after?.size === 0) ready.push(follower)
    }
  }
  const index = (steps as readonly JsonObject[]).findIndex((step) => waiting.has(step['name']))
  if (index === -1) return []
  return [{ path: `/steps/${index}/after`, reason: 'it waits for steps that wait for it in turn' }]
}
