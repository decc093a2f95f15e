import type { TValidationError } from 'typebox/error'
import { valueAt } from './held-schemas.ts'
import { isSameType } from './json-types.ts'
import type { Looked } from './looked.ts'

/** That a value is none of the forms that it may have: TypeBox tells what is wrong with each, and then that. */
export function foldForms(errors: readonly TValidationError[], looked: Looked): readonly TValidationError[] {
  const folded: TValidationError[] = []
  for (const error of errors) {
    const { keyword, schemaPath, instancePath } = error
    const isOfForms = keyword === 'anyOf' || (keyword === 'oneOf' && error.params.passingSchemas.length === 0)
    if (!isOfForms) {
      folded.push(error)
      continue
    }
    const within = `${schemaPath}/${keyword}/`
    const start = folded.findLastIndex((one) => !isWithin(one, within, instancePath)) + 1
    const ofForms = Map.groupBy(folded.splice(start), (one) =>
      one.schemaPath.slice(within.length).split('/', 1).join(),
    )
    const value = valueAt(looked.value, instancePath)
    const meant = [...ofForms.values()].filter((ofForm) => !ofForm.some((one) => excludes(one, error, value)))
    // Where one form alone can have been meant, what is wrong with that.
    folded.push(...(meant.length === 1 ? (meant[0] ?? []) : [error]))
  }
  return folded
}

function isWithin(error: TValidationError, schemaPath: string, instancePath: string): boolean {
  return error.schemaPath.startsWith(schemaPath) && error.instancePath.startsWith(instancePath)
}

/** Whether an error says that a form was not meant: another type, or a member that is always the same is another. */
function excludes(error: TValidationError, whole: TValidationError, value: unknown): boolean {
  const { keyword, instancePath } = error
  if (instancePath !== whole.instancePath)
    return keyword === 'const' && !instancePath.slice(whole.instancePath.length + 1).includes('/')
  if (keyword === 'type' || keyword === 'boolean') return true
  if (keyword === 'const') return !isSameType(error.params.allowedValue, value)
  return keyword === 'enum' && !error.params.allowedValues.some((one) => isSameType(one, value))
}
