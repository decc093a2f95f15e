import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeFault } from '../../../src/core/ledger/telling-faults.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'

test('a bound of the process’s own is told as that, and not as a store that is out of reach', () => {
  const said = [true, false].map((isBusy) => {
    const cause = new StoreError('transient', 'words of the engine', { isBusy })
    const error = storeFault(cause)
    assert.ok(isRegistryError(error, 'unavailable'))
    // The log has the engine's own words.
    assert.equal(error.cause, cause)
    return [error.data.reason, error.data.retryAfterMs]
  })
  assert.deepEqual(said, [
    ['too many ask the store at once', 2_000],
    ['the store cannot be reached', 1_000],
  ])
})
