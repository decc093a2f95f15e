import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimAt, describeClaimFailure, failedClaim, textsOf } from '../../src/domain/claims.ts'

test('a claim is found by its name or its path, and never among what objects have of themselves', () => {
  const claims = {
    'kubernetes.io': { namespace: 'build', serviceaccount: { name: 'pusher' } },
    'https://example.com/groups': ['a'],
    'a/b': 'by name',
    a: { b: 'by path' },
    list: [{ b: 1 }],
  }
  assert.equal(claimAt(claims, 'kubernetes.io/serviceaccount/name'), 'pusher')
  assert.deepEqual(claimAt(claims, 'https://example.com/groups'), ['a'])
  assert.equal(claimAt(claims, 'a/b'), 'by name')
  for (const name of [
    'constructor',
    '__proto__',
    'toString',
    'a/constructor',
    'list/0/b',
    'list/length',
    'a/b/c',
  ])
    assert.equal(claimAt(claims, name), undefined, name)
})

test('all that is wanted has to be there; of a list one item is enough', () => {
  const claims = {
    ref: 'refs/tags/v1',
    groups: ['staff', 'choir'],
    id: 17,
    verified: true,
    none: null,
    empty: [],
  }
  assert.equal(failedClaim(claims, {}), undefined)
  const good = { ref: ['refs/heads/main', 'refs/tags/*'], groups: ['staff'], id: ['17'], verified: ['true'] }
  assert.equal(failedClaim(claims, good), undefined)
  assert.deepEqual(failedClaim(claims, { ...good, id: ['1'] }), { claim: 'id', wanted: ['1'], found: '17' })
  for (const claim of ['missing', 'none', 'empty', 'constructor'])
    assert.deepEqual(failedClaim(claims, { [claim]: ['*'] }), { claim, wanted: ['*'], found: undefined })
  assert.equal(failedClaim({ ref: 'xrefs/tags/v1' }, { ref: ['refs/tags/*'] })?.claim, 'ref')
  assert.equal(failedClaim({ id: '170' }, { id: ['17'] })?.claim, 'id')
})

test('a failure says what was wanted and what was there, cut short', () => {
  assert.equal(
    describeClaimFailure({ claim: 'ref', wanted: ['a', 'b'], found: 'c' }),
    'ref is to be "a" or "b", and is "c"',
  )
  assert.equal(
    describeClaimFailure({ claim: 'ref', wanted: ['a'], found: undefined }),
    'ref is to be "a", and is missing',
  )
  const found = failedClaim({ note: 'x'.repeat(1000) }, { note: ['y'] })?.found
  assert.equal(found?.length, 200)
  assert.deepEqual(textsOf([1, 'a', {}, null, false]), ['1', 'a', 'false'])
})
