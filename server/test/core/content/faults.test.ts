import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asRegistryError } from '../../../src/core/content/faults.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { errorHeaders, statusOf } from '../../../src/http/status.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'

test('a bound of the blob engine’s own is told as that, and not as a blob store that is out of reach', () => {
  const said = (['busy', 'transient'] as const).map((kind) => {
    const cause = new BlobsError(kind, 'words of the engine')
    const error = asRegistryError(cause)
    assert.ok(isRegistryError(error, 'unavailable'))
    // The log has the engine's own words.
    assert.equal(error.cause, cause)
    return [statusOf(error.code), error.data.reason, errorHeaders(error)]
  })
  assert.deepEqual(said, [
    [503, 'too many read or write at once', ['Retry-After', '5']],
    [503, 'the blob store cannot be reached', ['Retry-After', '1']],
  ])
})
