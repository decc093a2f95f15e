import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaints, parseAllowedSkips, stale, unlisted } from './skips.ts'

test('a skip is allowed by its own id only', () => {
  const allowed = parseAllowedSkips('{ "a.test.ts > one": "no such program" }')
  const skips = ['a.test.ts > one', 'a.test.ts > two', 'a.test.ts > toString'].map((id) => ({
    id,
    reason: 'r',
  }))
  assert.deepEqual(
    unlisted(skips, allowed).map(({ id }) => id),
    ['a.test.ts > two', 'a.test.ts > toString'],
  )
})

test('a list of another shape is refused', () => {
  assert.throws(() => parseAllowedSkips('[]'), /no object/)
  assert.throws(() => parseAllowedSkips('{ "a.test.ts": "whole file" }'), /no test's id/)
  assert.throws(() => parseAllowedSkips('{ "a.test.ts > one": " " }'), /without a reason/)
  assert.throws(() => parseAllowedSkips('{ "a.test.ts > one": true }'), /without a reason/)
})

test('entries of files that are gone are found', () => {
  const allowed = { 'a.test.ts > one': 'r', 'b.test.ts > one > deep': 'r' }
  assert.deepEqual(stale(allowed, ['b.test.ts']), ['a.test.ts > one'])
})

test('a skip off the list is wrong where all is required, and a stale entry everywhere', () => {
  const skips = [{ id: 'a.test.ts > one', reason: 'r' }]
  const files = ['a.test.ts']
  const gone = { 'b.test.ts > two': 'r' }
  assert.deepEqual(complaints(skips, {}, { files, requireAll: false }), [])
  assert.deepEqual(complaints(skips, { 'a.test.ts > one': 'r' }, { files, requireAll: true }), [])
  assert.deepEqual(complaints(skips, gone, { files, requireAll: true }), [
    'allowed to skip, but there is no such file: b.test.ts > two',
    'skipped and not on the list: a.test.ts > one',
  ])
  assert.equal(complaints([], gone, { files, requireAll: false }).length, 1)
})
