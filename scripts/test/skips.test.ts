import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAllowedSkips, stale, unlisted } from './skips.ts'

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
