import { canonicalJson } from '../../../domain/canonical-json.ts'
import { memberOf } from '../../../domain/strict-json.ts'
import type { Asked, Assertion, Run } from './assertion.ts'
import type { Schema } from './keywords.ts'

const entries = (count: number): string => (count === 1 ? '1 entry' : `${count} entries`)

/** Entries from one place on, all by the same schema. */
function eachFits(run: Run, { value, at, told }: Asked, schema: Schema, from: number): boolean {
  let all = true
  const list = value as readonly unknown[]
  for (let index = from; index < list.length; index++) {
    all = run.fits(schema, list[index], { within: at, step: index }, told) && all
    if (!all && !told) return false
  }
  return all
}

/** The first entries, each by a schema of its own. */
function firstFit(run: Run, { value, at, told }: Asked, schemas: readonly Schema[]): boolean {
  let all = true
  const list = value as readonly unknown[]
  for (const [index, schema] of schemas.entries()) {
    if (index >= list.length) break
    all = run.fits(schema, list[index], { within: at, step: index }, told) && all
    if (!all && !told) return false
  }
  return all
}

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0)

export const ofLists: Readonly<Record<string, Assertion>> = {
  /** A list of schemas is what `prefixItems` was called before 2020-12. */
  items(run, asked, wanted) {
    if (!Array.isArray(asked.value)) return true
    if (Array.isArray(wanted)) return firstFit(run, asked, wanted as readonly Schema[])
    return eachFits(run, asked, wanted as Schema, lengthOf(memberOf(asked.schema, 'prefixItems')))
  },

  prefixItems(run, asked, wanted) {
    return !Array.isArray(asked.value) || firstFit(run, asked, wanted as readonly Schema[])
  },

  additionalItems(run, asked, wanted) {
    const first = memberOf(asked.schema, 'items')
    if (!Array.isArray(asked.value) || !Array.isArray(first)) return true
    return eachFits(run, asked, wanted as Schema, first.length)
  },

  maxItems(run, { value, at, told }, wanted) {
    if (!Array.isArray(value) || value.length <= Number(wanted)) return true
    return told ? run.tell(at, `it has more than ${entries(Number(wanted))}`) : false
  },

  minItems(run, { value, at, told }, wanted) {
    if (!Array.isArray(value) || value.length >= Number(wanted)) return true
    if (!told) return false
    return run.tell(at, value.length === 0 ? 'it is empty' : `it has fewer than ${entries(Number(wanted))}`)
  },

  uniqueItems(run, { value, at, told }, wanted) {
    if (wanted !== true || !Array.isArray(value)) return true
    const seen = new Set<string>()
    let all = true
    for (const [index, entry] of value.entries()) {
      const text = canonicalJson(entry) ?? ''
      run.steps.spend(text.length)
      if (seen.has(text)) {
        if (!told) return false
        all = run.tell({ within: at, step: index }, 'it is there twice')
      }
      seen.add(text)
    }
    return all
  },

  contains(run, { schema, value, at, told }, wanted) {
    if (!Array.isArray(value)) return true
    const least = Number(memberOf(schema, 'minContains') ?? 1)
    const most = Number(memberOf(schema, 'maxContains') ?? Number.POSITIVE_INFINITY)
    const found = value.filter((entry) => run.fits(wanted as Schema, entry, at, false)).length
    if (found >= least && found <= most) return true
    if (!told) return false
    const [bound, number] = found < least ? ['fewer', least] : ['more', most]
    return run.tell(at, `of those that it must have it has ${bound} than ${entries(number)}`)
  },
}
