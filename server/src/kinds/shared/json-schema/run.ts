import { isJsonObject, memberOf } from '../../../domain/strict-json.ts'
import type { Problem } from '../../kind.ts'
import { type Place, pointerTo } from '../place.ts'
import { Steps, TooManySteps } from '../steps.ts'
import type { Asked, Run } from './assertion.ts'
import { assertions } from './assertions.ts'
import type { Schema } from './keywords.ts'
import type { PreparedSchema } from './prepare-schema.ts'

/** A document of the greatest size, of which all is asked some times over. */
export const mostSteps = 4_000_000
/** Deeper than documents may be set to be. */
export const deepestDocument = 100

class Enough extends Error {}

/**
 * What is wrong with a value, in the order of the schema: at most `limit` problems, of which there is at least one where it
 * does not fit.
 */
export function problemsOf(prepared: PreparedSchema, value: unknown, limit: number): readonly Problem[] {
  const problems: Problem[] = []
  const tell = (at: Place, reason: string): false => {
    problems.push({ path: pointerTo(at), reason })
    if (problems.length >= limit) throw new Enough()
    return false
  }
  const run: Run = { prepared, steps: new Steps(mostSteps), fits: (...asked) => fits(run, ...asked), tell }
  try {
    if (isDeeperThan(value, deepestDocument)) tell(undefined, `it is nested deeper than ${deepestDocument}`)
    else run.fits(prepared.root, value, undefined, true)
  } catch (error) {
    if (error instanceof TooManySteps) problems.push({ path: '', reason: `it ${error.message}` })
    else if (!(error instanceof Enough)) throw error
  }
  return problems.slice(0, Math.max(1, limit))
}

function fits(run: Run, schema: Schema, value: unknown, at: Place, told: boolean): boolean {
  run.steps.spend(1)
  if (schema === true) return true
  if (schema === false) return told ? run.tell(at, 'nothing is allowed here') : false
  const reference = memberOf(schema, '$ref')
  if (reference !== undefined && run.prepared.referenceStandsAlone) {
    return run.fits(run.prepared.references.get(String(reference)) ?? false, value, at, told)
  }
  const asked: Asked = { schema, value, at, told }
  let all = true
  for (const keyword of Object.keys(schema)) {
    run.steps.spend(1)
    const holds = assertions.get(keyword)?.(run, asked, schema[keyword]) ?? true
    all &&= holds
    if (!all && !told) return false
  }
  return all
}

/** Looked at without recursion, since what is asked about may have come from anywhere. */
function isDeeperThan(value: unknown, most: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true
    const next: unknown[] = []
    for (const one of level) {
      if (Array.isArray(one)) for (const entry of one) next.push(entry)
      else if (isJsonObject(one)) for (const member of Object.values(one)) next.push(member)
    }
    level = next.filter((one) => typeof one === 'object' && one !== null)
  }
  return false
}
