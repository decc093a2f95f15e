import { UnknownOutcomeError } from '../errors.ts'

/**
 * What is told of a change that was made. Whatever goes wrong with that, the change stands, and nobody may hear that nothing
 * was changed. @throws UnknownOutcomeError
 */
export async function telling<T>(tell: () => Promise<T>): Promise<T> {
  try {
    return await tell()
  } catch (error) {
    throw new UnknownOutcomeError(
      'the change was made, and what came of it could not be read: look before you repeat it',
      { cause: error },
    )
  }
}
