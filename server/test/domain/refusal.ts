import assert from 'node:assert/strict'
import { type ErrorCode, isRegistryError } from '../../src/domain/error.ts'

/** Asserts that `read` is refused with `code`, in a sentence that `says` so. */
export function refuses(read: () => unknown, code: ErrorCode, says: RegExp): void {
  assert.throws(read, (error: unknown) => {
    assert.ok(isRegistryError(error), `not a RegistryError: ${String(error)}`)
    assert.equal(error.code, code)
    assert.match(error.message, says)
    return true
  })
}
