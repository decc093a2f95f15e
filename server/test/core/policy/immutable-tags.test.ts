import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { immutableBy } from '../../../src/core/policy/immutable-tags.ts'
import { matchesGlob } from '../../../src/domain/glob.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'
import { parseTag } from '../../../src/domain/tag.ts'
import { threadMs } from '../../kit/thread-ms.ts'

/** What a glob means, said as a regular expression. */
const oracle = (glob: string, text: string): boolean =>
  new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '[^]*')}$`).test(text)

const letters = fc.constantFrom('a', 'b', 'v', '1', '.')
const text = fc.array(letters, { maxLength: 10 }).map((all) => all.join(''))
const glob = fc.array(fc.oneof(letters, fc.constant('*')), { maxLength: 8 }).map((all) => all.join(''))

test('a glob takes what the same expression takes', () => {
  let matched = 0
  fc.assert(
    fc.property(glob, text, (pattern, tag) => {
      const expected = oracle(pattern, tag)
      if (expected) matched++
      assert.equal(matchesGlob(pattern, tag), expected, `${pattern} on ${tag}`)
    }),
    { numRuns: 5_000 },
  )
  assert.ok(matched > 100)
})

test('a glob made from its text by putting stars over parts takes it', () => {
  fc.assert(
    fc.property(text, fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), (tag, stars) => {
      const pattern = [...tag].map((letter, at) => (stars[at] ? '*' : letter)).join('')
      assert.ok(matchesGlob(pattern, tag))
    }),
  )
})

test('characters of expressions stand for themselves', () => {
  assert.equal(matchesGlob('v1.0', 'v1x0'), false)
  assert.equal(matchesGlob('[a-z]', 'b'), false)
  assert.equal(matchesGlob('a?', 'ab'), false)
})

test('many stars over a long text take no time', () => {
  const started = threadMs()
  assert.equal(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(100_000)), false)
  assert.ok(threadMs() - started < 500)
})

const app = parseRepositoryName('acme/app')
const chart = parseRepositoryName('chart/acme/app')
const other = parseRepositoryName('other/app')
const by = (rules: Record<string, readonly string[]>, repository = app, tag = 'v1'): string | undefined =>
  immutableBy(new Map(Object.entries(rules)), repository, parseTag(tag))

test('the last glob that fits decides, and a leading ! makes the exception', () => {
  assert.equal(by({}), undefined)
  assert.equal(by({ '*': ['v*'] }), 'v*')
  assert.equal(by({ '*': ['x*'] }), undefined)
  assert.equal(by({ '*': ['v*', '!v1'] }), undefined)
  assert.equal(by({ '*': ['!v1', 'v*'] }), 'v*')
  assert.equal(by({ '*': ['v*', '!v1'] }, app, 'v2'), 'v*')
  assert.equal(by({ '*': ['v*', '*1'] }), '*1')
})

test('rules of a namespace stand in place of those for all, whatever kind is in front', () => {
  assert.equal(by({ '*': ['v*'], acme: ['!*'] }), undefined)
  assert.equal(by({ acme: ['!*'], '*': ['v*'] }), undefined)
  assert.equal(by({ '*': ['v*'], acme: ['release-*'] }), undefined)
  assert.equal(by({ '*': ['v*'], acme: ['!*'] }, other), 'v*')
  assert.equal(by({ acme: ['v*'] }, chart), 'v*')
  assert.equal(by({ acme: ['v*'] }, other), undefined)
})
