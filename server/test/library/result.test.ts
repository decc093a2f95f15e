import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RegistryError as DomainError } from '../../src/domain/error.ts'
import { NotFoundError, ValidationError } from '../../src/library/errors.ts'
import { resultOf, unwrap } from '../../src/library/result.ts'

describe('results', () => {
  it('hold the value of what went well', async () => {
    const result = await resultOf(async () => 5)
    assert.deepEqual(result, { ok: true, value: 5 })
    assert.equal(unwrap(result), 5)
  })

  it('hold the error of what did not, and unwrap throws that very one', async () => {
    const cause = new DomainError('artifact-unknown', { artifact: 'one' })
    const result = await resultOf(async () => {
      throw cause
    })
    assert.ok(!result.ok)
    assert.ok(result.error instanceof NotFoundError)
    assert.equal(result.error.cause, cause)
    assert.throws(
      () => unwrap(result),
      (error) => error === result.error,
    )
  })

  it('take what is thrown before there is a promise', async () => {
    const error = new ValidationError('no')
    const result = await resultOf((): Promise<number> => {
      throw error
    })
    assert.deepEqual(result, { ok: false, error })
  })
})
