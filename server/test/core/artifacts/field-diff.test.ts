import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { changedFields, type FieldChange } from '../../../src/core/artifacts/field-diff.ts'
import { canonicalJson } from '../../../src/domain/canonical-json.ts'

const scalars = fc.oneof(fc.constantFrom('a', 'b', 1, true, null), fc.nat({ max: 3 }))
const names = fc.constantFrom('a', 'b', 'name', 'a/b', '~', '', '__proto__', '0')
const { document: documents } = fc.letrec<{ value: unknown; document: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(
      fc.tuple(fc.constantFrom('x', 'y', 'z'), tie('value')).map(([name, value]) => ({ name, value })),
      { maxLength: 3 },
    ),
    tie('document'),
  ),
  document: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 4 })
    // Members are defined, as a parser does it: one of them is called __proto__.
    .map((entries) => Object.fromEntries(entries)),
}))

/** RFC 6901, section 4. */
function at(document: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value: unknown, name) => {
      assert.ok(typeof value === 'object' && value !== null && Object.hasOwn(value, name), path)
      return (value as Record<string, unknown>)[name]
    }, document)
}

describe('changedFields', () => {
  it('finds nothing exactly where the documents say the same', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        assert.deepEqual(changedFields(before, structuredClone(before)), [])
        assert.equal(
          changedFields(before, after).length === 0,
          canonicalJson(before) === canonicalJson(after),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('names what changed by where it stands, with what stands there', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        for (const { path, change, ...values } of changedFields(before, after)) {
          if (change === 'removed') assert.deepEqual(values, { before: at(before, path) })
          else assert.deepEqual(values.after, at(after, path))
          assert.equal('before' in values, change !== 'added')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('says where a thing stood before, also in an entry that has moved since', () => {
    const y = (...value: unknown[]): unknown => ({ name: 'y', value })
    assert.deepEqual(changedFields([y('z', { name: 'x' })], [{ name: 'x' }, y('z')]), [
      { path: '/0', change: 'added', after: { name: 'x' } },
      {
        path: '/1/value',
        change: 'changed',
        before: ['z', { name: 'x' }],
        after: ['z'],
        entries: { added: [], removed: [{ name: 'x' }] },
      },
    ])
    assert.deepEqual(changedFields([y({ name: 'x' })], [{ name: 'x' }, y()]), [
      { path: '/0', change: 'added', after: { name: 'x' } },
      { path: '/0/value/0', change: 'removed', before: { name: 'x' } },
    ])
  })

  it('tells the same from the other side', () => {
    const other = { added: 'removed', removed: 'added', changed: 'changed' }
    const told = (changes: readonly FieldChange[]): string[] => changes.map(({ change }) => change).sort()
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const back = changedFields(after, before).map(({ change }) => other[change])
        assert.deepEqual(back.sort(), told(changedFields(before, after)))
      }),
    )
  })

  it('does not depend on the order of members', () => {
    assert.deepEqual(changedFields({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }), [])
  })

  it('goes into objects, member by member', () => {
    assert.deepEqual(
      changedFields(
        { license: 'MIT', custom: { 'a/b': { '~': 1 }, old: true } },
        { license: 'Apache-2.0', custom: { 'a/b': { '~': 2 } }, homepage: 'https://example.com' },
      ),
      [
        { path: '/custom/a~1b/~0', change: 'changed', before: 1, after: 2 },
        { path: '/custom/old', change: 'removed', before: true },
        { path: '/homepage', change: 'added', after: 'https://example.com' },
        { path: '/license', change: 'changed', before: 'MIT', after: 'Apache-2.0' },
      ],
    )
  })

  it('tells which entries of a list came and which went', () => {
    assert.deepEqual(changedFields({ topics: ['a', 'b', 'b'] }, { topics: ['b', 'c'] }), [
      {
        path: '/topics',
        change: 'changed',
        before: ['a', 'b', 'b'],
        after: ['b', 'c'],
        entries: { added: ['c'], removed: ['a', 'b'] },
      },
    ])
    assert.deepEqual(changedFields({ topics: ['a', 'b'] }, { topics: ['b', 'a'] })[0]?.entries, {
      added: [],
      removed: [],
    })
  })

  it('knows entries by their names, where they have some', () => {
    const before = { skills: [{ name: 'a' }, { name: 'b', proficiency: 'beginner' }, { name: 'c' }] }
    const after = { skills: [{ name: 'b', proficiency: 'expert' }, { name: 'a' }, { name: 'd' }] }
    assert.deepEqual(changedFields(before, after), [
      { path: '/skills/0/proficiency', change: 'changed', before: 'beginner', after: 'expert' },
      { path: '/skills/2', change: 'removed', before: { name: 'c' } },
      { path: '/skills/2', change: 'added', after: { name: 'd' } },
    ])
    const [one, other] = [before.skills, before.skills.toReversed()]
    assert.deepEqual(changedFields(one, other), [
      { path: '', change: 'changed', before: one, after: other, entries: { added: [], removed: [] } },
    ])
  })

  it('takes a list for a whole where a name is there twice, or missing', () => {
    for (const list of [[{ name: 'a' }, { name: 'a' }], [{ name: 'a' }, {}], [{ name: 1 }], ['a']])
      assert.deepEqual(changedFields(list, [{ name: 'b' }])[0]?.entries, {
        added: [{ name: 'b' }],
        removed: list,
      })
  })

  it('tells a value of another sort as changed', () => {
    for (const [before, after] of [
      [{ a: 1 }, [1]],
      [[], {}],
      [null, {}],
      ['1', 1],
    ])
      assert.deepEqual(changedFields(before, after), [{ path: '', change: 'changed', before, after }])
  })
})
