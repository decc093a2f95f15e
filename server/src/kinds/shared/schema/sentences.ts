import type { TValidationError } from 'typebox/error'
import { namingNearest } from '../../../domain/nearest.ts'
import { isJsonObject, memberOf } from '../../../domain/strict-json.ts'
import type { Problem } from '../../kind.ts'
import { noSuchMember } from '../no-such-member.ts'
import { cut, escaped, shown } from '../place.ts'
import { holdsByName, valueAt } from './held-schemas.ts'
import { shownPlain, wordFor, wordsFor } from './json-types.ts'
import { type Looked, schemaAt } from './looked.ts'
import { secondOnes } from './second-ones.ts'

const longestChoices = 400

/** What one error says: where, and a sentence. */
export function* sentencesOf(error: TValidationError, looked: Looked): Generator<Problem> {
  const { instancePath: path, schemaPath } = error
  if (isOfName(schemaPath)) {
    yield { path, reason: 'a member may not be called so' }
    return
  }
  const below = (step: string | number, reason: string): Problem => ({
    path: `${path}/${escaped(String(step))}`,
    reason,
  })
  switch (error.keyword) {
    case 'required':
      for (const name of error.params.requiredProperties) yield below(name, 'it is missing')
      return
    case 'dependencies':
    case 'dependentRequired':
      for (const name of error.params.dependencies) {
        if (
          isJsonObject(valueAt(looked.value, path)) &&
          valueAt(looked.value, below(name, '').path) === undefined
        )
          yield below(name, `it is missing, and goes with ${cut(error.params.property, 100)}`)
      }
      return
    case 'uniqueItems':
    case '~refine': {
      const list = valueAt(looked.value, path)
      for (const index of Array.isArray(list) ? secondOnes(list) : []) yield below(index, 'it is there twice')
      return
    }
    case 'unevaluatedProperties':
      for (const name of error.params.unevaluatedProperties) yield below(String(name), noSuchMember)
      return
    case 'unevaluatedItems':
      for (const index of error.params.unevaluatedItems) yield below(index, 'nothing is allowed here')
      return
    // What is wrong with each was told before.
    case 'additionalProperties':
    case 'propertyNames':
      return
    case 'if':
      // So it was of an else.
      if (error.params.failingKeyword === 'else') return
  }
  yield { path, reason: sentenceOf(error, looked) }
}

/** Whether it was a member's name that was looked at. */
function isOfName(schemaPath: string): boolean {
  const steps = schemaPath.split('/').values()
  for (const step of steps) {
    if (step === 'propertyNames') return true
    if (holdsByName(step)) steps.next()
  }
  return false
}

type Single = Exclude<
  TValidationError,
  {
    keyword:
      | 'required'
      | 'dependencies'
      | 'dependentRequired'
      | '~refine'
      | 'uniqueItems'
      | 'unevaluatedProperties'
      | 'unevaluatedItems'
      | 'additionalProperties'
      | 'propertyNames'
  }
>

function sentenceOf(error: Single, { root, value: document }: Looked): string {
  const schema = schemaAt(root, error.schemaPath)
  const value = valueAt(document, error.instancePath)
  switch (error.keyword) {
    case 'type':
      return `it is ${wordFor(value)}, and ${wordsFor(error.params.type)} is wanted`
    case 'enum':
      return `it is none of ${choicesOf(error.params.allowedValues)}${nearest(value, error.params.allowedValues)}`
    case 'const':
      return `it is not ${shownPlain(error.params.allowedValue)}`
    case 'boolean':
      return notAllowed(error, root)
    case 'anyOf':
      return `it is none of what it may be: ${formsOf(memberOf(asObject(schema), 'anyOf'), error, root)}`
    case 'oneOf': {
      const fitting = error.params.passingSchemas.length
      if (fitting === 0)
        return `it is none of what it may be: ${formsOf(memberOf(asObject(schema), 'oneOf'), error, root)}`
      return `it is ${fitting} of the forms at once that it may have, and one is wanted`
    }
    case 'not':
      return `it is what it must not be${titled(memberOf(asObject(schema), 'not'))}`
    case 'if':
      return `it is not as it has to be in this case${titled(memberOf(asObject(schema), 'then'))}`
    case 'maximum':
      return `it is more than ${error.params.limit}`
    case 'exclusiveMaximum':
      return `it is not less than ${error.params.limit}`
    case 'minimum':
      return `it is less than ${error.params.limit}`
    case 'exclusiveMinimum':
      return `it is not more than ${error.params.limit}`
    case 'multipleOf':
      return `it is no multiple of ${error.params.multipleOf}`
    case 'maxLength':
      return `it is longer than ${counted(error.params.limit, 'character')}`
    case 'minLength':
      return fewer('it is shorter than', error.params.limit, 'character')
    case 'maxItems':
      return `it has more than ${counted(error.params.limit, 'entry')}`
    case 'minItems':
      return fewer('it has fewer than', error.params.limit, 'entry')
    case 'maxProperties':
      return `it has more than ${counted(error.params.limit, 'member')}`
    case 'minProperties':
      return fewer('it has fewer than', error.params.limit, 'member')
    case 'contains': {
      const { minContains, maxContains } = error.params
      const most = maxContains === undefined ? '' : `, and at most ${counted(maxContains, 'entry')}`
      return `of those that it must have it wants ${counted(minContains, 'entry')}${most}`
    }
    case 'pattern':
      return `it does not match ${cut(String(error.params.pattern), 100)}${exampleIn(schema, ', as', ' does')}`
    case 'format':
      return `it is no ${cut(error.params.format, 100)}${exampleIn(schema, ', such as')}`
  }
}

function counted(count: number, thing: string): string {
  if (count === 1) return `1 ${thing}`
  return `${count} ${thing === 'entry' ? 'entries' : `${thing}s`}`
}

const fewer = (words: string, least: number, thing: string): string =>
  least === 1 ? 'it is empty' : `${words} ${counted(least, thing)}`

const choicesOf = (values: readonly unknown[]): string =>
  cut(values.map(shownPlain).join(', '), longestChoices)

function nearest(value: unknown, choices: readonly unknown[]): string {
  const texts = choices.filter((one) => typeof one === 'string')
  return typeof value === 'string' ? namingNearest(value, texts) : ''
}

const asObject = (schema: unknown): Readonly<Record<string, unknown>> => (isJsonObject(schema) ? schema : {})

/** `false` allows nothing; most often it stands where a closed object's other members would. */
function notAllowed({ schemaPath, instancePath }: TValidationError, root: Looked['root']): string {
  const keyword = '/additionalProperties'
  if (!schemaPath.endsWith(keyword)) return 'nothing is allowed here'
  const closed = schemaAt(root, schemaPath.slice(0, -keyword.length))
  const known = Object.keys(asObject(memberOf(asObject(closed), 'properties')))
  if (known.length === 0) return 'no member is allowed here'
  const name = instancePath.slice(instancePath.lastIndexOf('/') + 1)
  const near = namingNearest(name.replaceAll('~1', '/').replaceAll('~0', '~'), known)
  return `${noSuchMember}${near || `; there are ${cut(known.join(', '), longestChoices)}`}`
}

function formsOf(forms: unknown, { schemaPath, keyword }: TValidationError, root: Looked['root']): string {
  const all = Array.isArray(forms) ? forms : []
  const words = all.map((_, index) => formOf(schemaAt(root, `${schemaPath}/${keyword}/${index}`)))
  return cut([...new Set(words)].join(', or '), longestChoices)
}

function formOf(schema: unknown): string {
  if (typeof schema === 'boolean') return schema ? 'anything' : 'nothing'
  const form = asObject(schema)
  const title = memberOf(form, 'title')
  if (typeof title === 'string') return cut(title, 100)
  if (Object.hasOwn(form, 'const')) return shownPlain(form['const'])
  const values = memberOf(form, 'enum')
  if (Array.isArray(values)) return choicesOf(values)
  return Object.hasOwn(form, 'type') ? wordsFor(form['type']) : 'another form'
}

function titled(schema: unknown): string {
  const title = memberOf(asObject(schema), 'title')
  return typeof title === 'string' ? `: ${cut(title, 100)}` : ''
}

function exampleIn(schema: unknown, before: string, after = ''): string {
  const examples = memberOf(asObject(schema), 'examples')
  const first: unknown = Array.isArray(examples) ? examples[0] : undefined
  return typeof first === 'string' ? `${before} ${shown(first)}${after}` : ''
}
