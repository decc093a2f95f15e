import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPrecondition, type Precondition } from '../../../src/core/publish/precondition.ts'
import { isRegistryError } from '../../../src/domain/error.ts'

const cases: readonly [Precondition, string | undefined, boolean][] = [
  [{}, undefined, true],
  [{}, 'a', true],
  [{ ifMatch: '*' }, 'a', true],
  [{ ifMatch: '*' }, undefined, false],
  [{ ifMatch: ['a'] }, 'a', true],
  [{ ifMatch: ['b', 'a'] }, 'a', true],
  [{ ifMatch: ['b'] }, 'a', false],
  [{ ifMatch: ['a'] }, undefined, false],
  [{ ifMatch: [] }, 'a', false],
  [{ ifNoneMatch: '*' }, undefined, true],
  [{ ifNoneMatch: '*' }, 'a', false],
  [{ ifNoneMatch: ['a'] }, 'a', false],
  [{ ifNoneMatch: ['b'] }, 'a', true],
  [{ ifNoneMatch: ['a'] }, undefined, true],
  [{ ifMatch: ['a'], ifNoneMatch: ['b'] }, 'a', true],
  [{ ifMatch: ['a'], ifNoneMatch: ['a'] }, 'a', false],
]

for (const [expect, current, holds] of cases) {
  test(`${JSON.stringify(expect)} ${holds ? 'holds' : 'does not hold'} for ${current ?? 'nothing'}`, () => {
    const checked = (): void => checkPrecondition(expect, 'v1', current)
    if (holds) return checked()
    const data = { reference: 'v1', ...(current !== undefined && { current }) }
    assert.throws(checked, (error) => {
      assert.ok(isRegistryError(error, 'precondition-failed'))
      assert.deepEqual(error.data, data)
      return true
    })
  })
}
