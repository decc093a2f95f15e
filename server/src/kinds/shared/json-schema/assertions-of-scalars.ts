import { memberOf } from '../../../domain/strict-json.ts'
import { cut, shown } from '../place.ts'
import type { Asked, Assertion } from './assertion.ts'
import { formats } from './formats.ts'

const numeric =
  (holds: (value: number, bound: number) => boolean, says: (bound: number) => string): Assertion =>
  (run, { value, at, told }, wanted) => {
    const bound = Number(wanted)
    if (typeof value !== 'number' || holds(value, bound)) return true
    return told ? run.tell(at, says(bound)) : false
  }

/** Characters as people count them: code points. */
const length =
  (holds: (length: number, bound: number) => boolean, says: (bound: number) => string): Assertion =>
  (run, { value, at, told }, wanted) => {
    const bound = Number(wanted)
    if (typeof value !== 'string') return true
    run.steps.spend(value.length)
    let points = 0
    for (const _point of value) points++
    if (holds(points, bound)) return true
    return told ? run.tell(at, says(bound)) : false
  }

export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`

export const ofScalars: Readonly<Record<string, Assertion>> = {
  maximum: numeric(
    (value, bound) => value <= bound,
    (bound) => `it is more than ${bound}`,
  ),
  exclusiveMaximum: numeric(
    (value, bound) => value < bound,
    (bound) => `it is not less than ${bound}`,
  ),
  minimum: numeric(
    (value, bound) => value >= bound,
    (bound) => `it is less than ${bound}`,
  ),
  exclusiveMinimum: numeric(
    (value, bound) => value > bound,
    (bound) => `it is not more than ${bound}`,
  ),
  multipleOf: numeric(isMultiple, (bound) => `it is no multiple of ${bound}`),
  maxLength: length(
    (points, bound) => points <= bound,
    (bound) => `it is longer than ${counted(bound, 'character')}`,
  ),
  minLength: length(
    (points, bound) => points >= bound,
    (bound) => (bound === 1 ? 'it is empty' : `it is shorter than ${counted(bound, 'character')}`),
  ),

  pattern(run, asked, wanted) {
    const { value, at, told } = asked
    const text = String(wanted)
    if (typeof value !== 'string' || run.prepared.patterns.get(text)?.test(value, run.steps.spend) === true)
      return true
    return told ? run.tell(at, `it does not match ${cut(text, 100)}${exampleIn(asked)}`) : false
  },

  format(run, asked, wanted) {
    const { value, at, told } = asked
    const format = formats.get(String(wanted))
    if (typeof value !== 'string' || format === undefined) return true
    run.steps.spend(value.length)
    if (format.fits(value)) return true
    return told ? run.tell(at, `it is no ${format.about}, such as ${format.example}`) : false
  },
}

/** Decimal fractions are seldom exact: 0.3 is a multiple of 0.1 to people. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of
  if (!Number.isFinite(times)) return value % of === 0
  return Math.abs(times - Math.round(times)) <= Math.abs(times) * 2 ** -50
}

function exampleIn({ schema }: Asked): string {
  const examples = memberOf(schema, 'examples')
  const first: unknown = Array.isArray(examples) ? examples[0] : undefined
  return typeof first === 'string' ? `, as ${shown(first)} does` : ''
}
