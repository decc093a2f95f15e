import { namingNearest } from '../../../domain/nearest.ts'
import { isJsonObject, memberOf } from '../../../domain/strict-json.ts'
import { cut } from '../place.ts'
import type { Asked, Assertion, Run } from './assertion.ts'
import { counted } from './assertions-of-scalars.ts'
import type { Schema } from './keywords.ts'

function missing(run: Run, { value, at, told }: Asked, names: readonly string[], why: string): boolean {
  let all = true
  run.steps.spend(names.length)
  for (const name of names) {
    if (Object.hasOwn(value as object, name)) continue
    if (!told) return false
    all = run.tell({ within: at, step: name }, `it is missing${why}`)
  }
  return all
}

/** The schemas of `patternProperties` that speak of a member. */
function* byPattern(run: Run, { schema }: Asked, name: string): Generator<Schema> {
  const patterns = memberOf(schema, 'patternProperties')
  if (!isJsonObject(patterns)) return
  for (const [pattern, inner] of Object.entries(patterns)) {
    run.steps.spend(1)
    if (run.prepared.patterns.get(pattern)?.test(name, run.steps.spend) === true) yield inner as Schema
  }
}

const longestKnown = 400
/** How it begins what is said of a member that a closed object does not have. */
export const noSuchMember = 'there is no such member'

function unknownMember({ schema }: Asked, name: string): string {
  const properties = memberOf(schema, 'properties')
  const known = isJsonObject(properties) ? Object.keys(properties) : []
  if (known.length === 0) return 'no member is allowed here'
  const near = namingNearest(name, known)
  return `${noSuchMember}${near || `; there are ${cut(known.join(', '), longestKnown)}`}`
}

export const ofObjects: Readonly<Record<string, Assertion>> = {
  required(run, asked, wanted) {
    return !isJsonObject(asked.value) || missing(run, asked, wanted as readonly string[], '')
  },

  dependentRequired(run, asked, wanted) {
    if (!isJsonObject(asked.value)) return true
    let all = true
    for (const [name, needed] of Object.entries(wanted as Readonly<Record<string, readonly string[]>>)) {
      run.steps.spend(1)
      if (!Object.hasOwn(asked.value, name)) continue
      all = missing(run, asked, needed, `, and goes with ${cut(name, 100)}`) && all
      if (!all && !asked.told) return false
    }
    return all
  },

  dependentSchemas(run, { value, at, told }, wanted) {
    if (!isJsonObject(value)) return true
    let all = true
    for (const [name, schema] of Object.entries(wanted as Readonly<Record<string, Schema>>)) {
      run.steps.spend(1)
      if (!Object.hasOwn(value, name)) continue
      all = run.fits(schema, value, at, told) && all
      if (!all && !told) return false
    }
    return all
  },

  /** What `dependentRequired` and `dependentSchemas` were before 2019-09. */
  dependencies(run, asked, wanted) {
    const all = Object.entries(wanted as Readonly<Record<string, Schema | readonly string[]>>)
    const names = Object.fromEntries(all.filter(([, needed]) => Array.isArray(needed)))
    const schemas = Object.fromEntries(all.filter(([, needed]) => !Array.isArray(needed)))
    const [first, second] = [ofObjects['dependentRequired'], ofObjects['dependentSchemas']]
    const holds = first?.(run, asked, names) ?? true
    return (holds || asked.told) && (second?.(run, asked, schemas) ?? true) && holds
  },

  properties(run, { value, at, told }, wanted) {
    if (!isJsonObject(value)) return true
    let all = true
    for (const [name, schema] of Object.entries(wanted as Readonly<Record<string, Schema>>)) {
      run.steps.spend(1)
      if (!Object.hasOwn(value, name)) continue
      all = run.fits(schema, value[name], { within: at, step: name }, told) && all
      if (!all && !told) return false
    }
    return all
  },

  patternProperties(run, asked) {
    const { value, at, told } = asked
    if (!isJsonObject(value)) return true
    let all = true
    for (const [name, member] of Object.entries(value)) {
      for (const schema of byPattern(run, asked, name)) {
        all = run.fits(schema, member, { within: at, step: name }, told) && all
        if (!all && !told) return false
      }
    }
    return all
  },

  additionalProperties(run, asked, wanted) {
    const { schema, value, at, told } = asked
    if (!isJsonObject(value) || wanted === true) return true
    const properties = memberOf(schema, 'properties')
    let all = true
    for (const [name, member] of Object.entries(value)) {
      run.steps.spend(1)
      if (isJsonObject(properties) && Object.hasOwn(properties, name)) continue
      if (byPattern(run, asked, name).next().done !== true) continue
      const place = { within: at, step: name }
      if (wanted === false && told) all = run.tell(place, unknownMember(asked, name))
      else all = run.fits(wanted as Schema, member, place, told) && all
      if (!all && !told) return false
    }
    return all
  },

  propertyNames(run, { value, at, told }, wanted) {
    if (!isJsonObject(value)) return true
    let all = true
    for (const name of Object.keys(value)) {
      if (run.fits(wanted as Schema, name, at, false)) continue
      if (!told) return false
      all = run.tell({ within: at, step: name }, 'a member may not be called so')
    }
    return all
  },

  maxProperties(run, { value, at, told }, wanted) {
    if (!isJsonObject(value) || Object.keys(value).length <= Number(wanted)) return true
    return told ? run.tell(at, `it has more than ${counted(Number(wanted), 'member')}`) : false
  },

  minProperties(run, { value, at, told }, wanted) {
    if (!isJsonObject(value) || Object.keys(value).length >= Number(wanted)) return true
    return told ? run.tell(at, `it has fewer than ${counted(Number(wanted), 'member')}`) : false
  },
}
