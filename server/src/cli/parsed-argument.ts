import { isRegistryError } from '../domain/error.ts'
import { usageFailure } from './failure.ts'

/** @throws Failure of usage where `parse` refuses the text */
export function parsedArgument<T>(text: string, parse: (text: string) => T): T {
  try {
    return parse(text)
  } catch (error) {
    throw isRegistryError(error) ? usageFailure(error.message) : error
  }
}
