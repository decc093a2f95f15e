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

/** An image, and what speaks of it. */
function withReferrer(): Possible {
  const possible = new Possible(2)
  for (const [at, blob] of [0, 1, 2].entries())
    assert.ok(possible.explain([{ do: 'push-blob', repository: 0, blob }], ['201'], at))
  for (const manifest of [0, 3])
    assert.ok(possible.explain([{ do: 'push-manifest', repository: 0, manifest }], ['201'], 3))
  return possible
}

const deleted: Request = { do: 'delete-manifest', repository: 0, manifest: 0 }
const pushedAgain: Request = { do: 'push-manifest', repository: 0, manifest: 0 }
const head: Request = { do: 'head-manifest', repository: 0, manifest: 0 }
const referrers: Request = { do: 'referrers', repository: 0, manifest: 0 }

test('what was deleted, and pushed again at once, has its referrers still or not', () => {
  for (const seen of ['200 ', '200 3']) {
    const possible = withReferrer()
    assert.ok(possible.explain([deleted, pushedAgain], ['202', '201'], 4))
    assert.ok(possible.explain([head], ['200'], 5))
    assert.ok(possible.explain([referrers], [seen], 5))
  }
})

test('what was pushed again and then deleted, or deleted alone, has none', () => {
  const possible = withReferrer()
  assert.ok(possible.explain([deleted, pushedAgain], ['202', '201'], 4))
  assert.ok(possible.explain([head], ['404'], 5))
  assert.ok(!possible.explain([referrers], ['200 3'], 5))
  const other = withReferrer()
  assert.ok(other.explain([deleted, head], ['202', '404'], 4))
  assert.ok(!other.explain([referrers], ['200 3'], 5))
  const later = withReferrer()
  assert.ok(later.explain([deleted], ['202'], 4))
  assert.ok(later.explain([pushedAgain], ['201'], 5))
  assert.ok(!later.explain([referrers], ['200 3'], 6))
})
