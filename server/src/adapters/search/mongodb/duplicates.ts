import { MongoBulkWriteError } from 'mongodb'
import { duplicateKey } from '../../shared/mongodb-store-error-of.ts'

/**
 * Which of several writes, by their place among them, were not done, since what they would have made is there already. Throws
 * what else went wrong.
 */
export async function duplicatesOf(writing: Promise<unknown>): Promise<readonly number[]> {
  try {
    await writing
    return []
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error
    const failed = [error.writeErrors].flat()
    const isAll = failed.length > 0 && failed.every(({ code }) => code === duplicateKey)
    if (!isAll || error.result.getWriteConcernError() !== undefined) throw error
    return failed.map(({ index }) => index)
  }
}
