import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Newest, rulesFor, speaksOf, TagRules } from '../../../src/core/policy/retention.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'
import type { RetentionRule } from '../../../src/domain/retention.ts'

const app = parseRepositoryName('acme/app')
const everywhere = { repositories: ['*'], tags: ['*'] }
const rules = (...given: RetentionRule[]): TagRules =>
  new TagRules('namespace acme', rulesFor({ tags: given }, app))

test('the newest of any number of tags are those that sort first, whatever the order they come in', () => {
  const facts = fc.record({ tag: fc.stringMatching(/^[a-c]{1,3}$/), pushedAt: fc.nat(5) })
  fc.assert(
    fc.property(fc.uniqueArray(facts, { selector: ({ tag }) => tag }), fc.nat(10), (given, most) => {
      const newest = new Newest(most)
      for (const one of given) newest.add(one)
      const sorted = given.toSorted((a, b) => b.pushedAt - a.pushedAt || (a.tag < b.tag ? 1 : -1))
      assert.deepEqual(
        sorted.map((one) => newest.has(one)),
        sorted.map((_, at) => at < most),
      )
    }),
  )
})

test('a tag that came or moved after the others were read is among the newest', () => {
  const newest = new Newest(1)
  assert.ok(newest.has({ tag: 'first', pushedAt: 1 }))
  newest.add({ tag: 'old', pushedAt: 5 })
  newest.add({ tag: 'older', pushedAt: 4 })
  assert.ok(newest.has({ tag: 'older', pushedAt: 6 }))
  assert.ok(!newest.has({ tag: 'older', pushedAt: 4 }))
  assert.ok(!new Newest(0).has({ tag: 'a', pushedAt: 9 }))
})

test('what is left out on the way, to spare memory, is never among the newest', () => {
  const newest = new Newest(3)
  for (let n = 0; n < 100_000; n++) newest.add({ tag: `t${String(n).padStart(5, '0')}`, pushedAt: n % 1000 })
  assert.deepEqual(
    ['t99999', 't98999', 't97999', 't96999'].map((tag) => newest.has({ tag, pushedAt: 999 })),
    [true, true, true, false],
  )
})

test('a rule speaks of what its last pattern that fits says', () => {
  const [numbered] = rulesFor({ tags: [{ ...everywhere, tags: ['v*', '!v1*', 'v1.2'] }] }, app)
  assert.ok(numbered)
  assert.deepEqual(
    ['v2', 'v1', 'v1.1', 'v1.2', 'w'].map((tag) => speaksOf(numbered, tag)),
    [true, false, false, true, false],
  )
  const homes = (repositories: string[]): number =>
    rulesFor({ tags: [{ repositories, tags: ['*'] }] }, app).length
  assert.deepEqual(
    [['acme/*'], ['*', '!acme/app'], ['!acme/app', '*'], ['other/*'], ['!other/*']].map(homes),
    [1, 0, 1, 0, 0],
  )
})

test('rules keep their numbers where others do not speak of the repository', () => {
  const given = rules({ ...everywhere, repositories: ['acme/lib'] }, { ...everywhere, keepNewest: 0 })
  assert.match(
    given.whyGoes({ tag: 'a', pushedAt: 0 }, 0, 10) ?? '',
    /^rule 2 of namespace acme keeps the newest 0; this one was pushed 1970-01-01T00:00:00Z$/,
  )
})

test('a tag from a clock that is ahead was pushed lately', () => {
  assert.equal(
    rules({ ...everywhere, keepPushedWithin: 0 }).whyGoes({ tag: 'a', pushedAt: 20 }, 0, 10),
    undefined,
  )
})
