import { canonicalJson } from '../../../domain/canonical-json.ts'
import { namingNearest } from '../../../domain/nearest.ts'
import { isJsonObject, type JsonObject, memberOf } from '../../../domain/strict-json.ts'
import { cut, shown } from '../place.ts'
import type { Asked, Assertion, Run } from './assertion.ts'
import type { Schema } from './keywords.ts'

const words: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

/** Of a value as JSON has it; undefined for what JSON does not know. */
function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'number') return Number.isFinite(value)
  return typeOf(value) === type
}

function listed(types: unknown): readonly string[] {
  return (Array.isArray(types) ? types : [types]).map(String)
}

const wordsOf = (types: unknown): string =>
  listed(types)
    .map((type) => words[type] ?? type)
    .join(' or ')

/** The same JSON, whatever the order of its members. */
export function isSameJson(run: Run, one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  const text = canonicalJson(one)
  run.steps.spend(text.length)
  return text === canonicalJson(other)
}

const longestChoices = 400

const choicesOf = (values: readonly unknown[]): string =>
  cut(values.map(shownPlain).join(', '), longestChoices)

/** Words without quotes, as people write them. */
function shownPlain(value: unknown): string {
  return typeof value === 'string' && /^[\w.-]{1,40}$/.test(value) ? value : shown(value)
}

export const ofAny: Readonly<Record<string, Assertion>> = {
  type(run, { value, at, told }, wanted) {
    if (listed(wanted).some((type) => isOfType(value, type))) return true
    if (!told) return false
    const is = value === undefined ? 'nothing' : (words[typeOf(value)] ?? typeOf(value))
    return run.tell(at, `it is ${is}, and ${wordsOf(wanted)} is wanted`)
  },

  enum(run, { value, at, told }, wanted) {
    const values = wanted as readonly unknown[]
    run.steps.spend(values.length)
    if (values.some((one) => isSameJson(run, one, value))) return true
    if (!told) return false
    const texts = values.filter((one) => typeof one === 'string')
    const near = typeof value === 'string' ? namingNearest(value, texts) : ''
    return run.tell(at, `it is none of ${choicesOf(values)}${near}`)
  },

  const(run, { value, at, told }, wanted) {
    if (isSameJson(run, wanted, value)) return true
    return told ? run.tell(at, `it is not ${shownPlain(wanted)}`) : false
  },

  $ref(run, { value, at, told }, wanted) {
    return run.fits(run.prepared.references.get(String(wanted)) ?? false, value, at, told)
  },

  allOf(run, { value, at, told }, wanted) {
    let all = true
    for (const schema of wanted as readonly Schema[]) {
      all = run.fits(schema, value, at, told) && all
      if (!all && !told) return false
    }
    return all
  },

  anyOf(run, asked, wanted) {
    const schemas = wanted as readonly Schema[]
    const { value, at, told } = asked
    if (schemas.some((schema) => run.fits(schema, value, at, false))) return true
    return told ? tellNone(run, asked, schemas) : false
  },

  oneOf(run, asked, wanted) {
    const schemas = wanted as readonly Schema[]
    const { value, at, told } = asked
    const fitting = schemas.filter((schema) => run.fits(schema, value, at, false)).length
    if (fitting === 1) return true
    if (!told) return false
    if (fitting === 0) return tellNone(run, asked, schemas)
    return run.tell(at, `it is ${fitting} of the forms at once that it may have, and one is wanted`)
  },

  not(run, { value, at, told }, wanted) {
    if (!run.fits(wanted as Schema, value, at, false)) return true
    return told ? run.tell(at, `it is what it must not be${titled(wanted as Schema)}`) : false
  },

  if(run, { schema, value, at, told }, wanted) {
    const branch = run.fits(wanted as Schema, value, at, false) ? 'then' : 'else'
    const next = memberOf(schema, branch)
    return next === undefined || run.fits(next as Schema, value, at, told)
  },
}

/** Where one form alone can have been meant, what is wrong with that; else which forms there are. */
function tellNone(run: Run, { value, at }: Asked, schemas: readonly Schema[]): boolean {
  const meant = schemas.filter((schema) => mayBeMeant(run, schema, value))
  const [only] = meant
  if (meant.length === 1 && only !== undefined) return run.fits(only, value, at, true)
  const forms = [...new Set(schemas.map((schema) => formOf(run, schema)))]
  return run.tell(at, `it is none of what it may be: ${cut(forms.join(', or '), longestChoices)}`)
}

function mayBeMeant(run: Run, schema: Schema, value: unknown): boolean {
  const form = followed(run, schema)
  if (typeof form === 'boolean') return form
  const type = memberOf(form, 'type')
  if (type !== undefined)
    return listed(type).some((one) => isOfType(value, one)) && marksFit(run, form, value)
  const values = memberOf(form, 'enum') ?? [memberOf(form, 'const')]
  const isNamed = Object.hasOwn(form, 'enum') || Object.hasOwn(form, 'const')
  return !isNamed || (values as readonly unknown[]).some((one) => typeOf(one) === typeOf(value))
}

/** Forms are often told apart by a member that is always the same. */
function marksFit(run: Run, form: JsonObject, value: unknown): boolean {
  const properties = memberOf(form, 'properties')
  if (!isJsonObject(properties) || !isJsonObject(value)) return true
  run.steps.spend(Object.keys(properties).length)
  return Object.entries(properties).every(([name, schema]) => {
    if (!isJsonObject(schema) || !Object.hasOwn(schema, 'const') || !Object.hasOwn(value, name)) return true
    return isSameJson(run, schema['const'], value[name])
  })
}

function formOf(run: Run, schema: Schema): string {
  const form = followed(run, schema)
  if (typeof form === 'boolean') return form ? 'anything' : 'nothing'
  const title = memberOf(form, 'title')
  if (typeof title === 'string') return cut(title, 100)
  if (Object.hasOwn(form, 'const')) return shownPlain(form['const'])
  const values = memberOf(form, 'enum')
  if (Array.isArray(values)) return choicesOf(values)
  return Object.hasOwn(form, 'type') ? wordsOf(form['type']) : 'another form'
}

function followed(run: Run, schema: Schema): Schema {
  const reference = isJsonObject(schema) ? memberOf(schema, '$ref') : undefined
  return typeof reference === 'string' ? (run.prepared.references.get(reference) ?? schema) : schema
}

function titled(schema: Schema): string {
  const title = isJsonObject(schema) ? memberOf(schema, 'title') : undefined
  return typeof title === 'string' ? `: ${cut(title, 100)}` : ''
}
