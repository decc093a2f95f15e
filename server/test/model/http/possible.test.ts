import assert from 'node:assert/strict'
import test from 'node:test'
import type { Request } from './plain-registry.ts'
import { Possible } from './possible.ts'

const push: Request = { do: 'push-blob', repository: 0, blob: 1 }
const get: Request = { do: 'get-blob', repository: 0, blob: 1 }
const remove: Request = { do: 'delete-blob', repository: 0, blob: 1 }

test('what nobody heard an answer to was done or was not, and stays as it was first seen', () => {
  for (const [first, second] of [
    ['200', '404'],
    ['404', '200'],
  ] as const) {
    const possible = new Possible(2)
    assert.ok(possible.explain([push], [undefined], 1))
    assert.deepEqual(possible.expected(get, 2).toSorted(), ['200', '404'])
    assert.ok(possible.explain([get], [first], 2))
    assert.ok(!possible.explain([get], [second], 3))
    assert.ok(possible.explain([get], [first], 3))
  }
})

test('what was answered beside it was done', () => {
  const possible = new Possible(2)
  assert.ok(possible.explain([push, remove], ['201', undefined], 1))
  assert.ok(possible.explain([get], ['404'], 2))
  const other = new Possible(2)
  assert.ok(!other.explain([push, remove], [undefined, '409'], 1))
  assert.ok(other.explain([push, remove], [undefined, '202'], 1))
  assert.ok(!other.explain([get], ['200'], 2), 'it was there, and was deleted')
})
