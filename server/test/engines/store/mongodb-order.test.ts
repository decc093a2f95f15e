import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { beyondAll, sortText } from '../../../src/adapters/store/mongodb/sort-text.ts'
import type { BaseType, Column } from '../../../src/adapters/store/shared/declared.ts'
import { sortKey } from '../../../src/adapters/store/shared/sort-key.ts'
import type { Value } from '../../../src/ports/store/table.ts'
import { anyCharacter } from '../../kit/any-character.ts'

const columns = (...types: readonly BaseType[]): Column[] =>
  types.map((type, at) => ({ name: `c${at}`, type, nullable: false }))

const text = fc.string({ unit: anyCharacter }).map((value) => value.replaceAll('\0', '\u0001'))
const marks = fc.string({
  unit: fc.constantFrom('\u0001', '\u0002', '\u0003', 'a', '\u00ff', '\u{10000}', '\uffff'),
})
const bytes = fc.uint8Array({ maxLength: 4 })
const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)

const kinds: readonly (readonly [readonly BaseType[], fc.Arbitrary<readonly Value[]>])[] = [
  [['text'], fc.tuple(fc.oneof(text, marks))],
  [['text', 'text'], fc.tuple(marks, marks)],
  [['integer'], fc.tuple(fc.maxSafeInteger())],
  [['real'], fc.tuple(real)],
  [['bytes', 'boolean'], fc.tuple(bytes, fc.boolean())],
  [['boolean', 'bytes', 'text', 'integer'], fc.tuple(fc.boolean(), bytes, marks, fc.maxSafeInteger())],
]

const signs = (one: number): number => Math.sign(one)
const asServersDo = (one: string, other: string): number =>
  signs(Buffer.compare(Buffer.from(one), Buffer.from(other)))
const byUnits = (one: string, other: string): number => (one < other ? -1 : one === other ? 0 : 1)

test('what a row sorts by has the order that stores promise, by UTF-8 and by UTF-16', () => {
  for (const [types, values] of kinds) {
    const order = columns(...types)
    fc.assert(
      fc.property(values, values, (one, other) => {
        const [a, b] = [sortText(order, one), sortText(order, other)]
        const wanted = byUnits(sortKey(order, one), sortKey(order, other))
        assert.equal(asServersDo(a, b), wanted)
        assert.equal(byUnits(a, b), wanted)
      }),
      { numRuns: 2_000 },
    )
  }
})

test('a prefix of the columns bounds all that begins with it, and no key is the beginning of another', () => {
  for (const [types, values] of kinds) {
    const order = columns(...types)
    fc.assert(
      fc.property(values, values, (one, other) => {
        const [a, b] = [sortText(order, one), sortText(order, other)]
        if (a !== b) assert.ok(!a.startsWith(b))
        const prefix = sortText(order, one.slice(0, 1))
        const same = sortKey(order, one.slice(0, 1)) === sortKey(order, other.slice(0, 1))
        assert.equal(b >= prefix && b < prefix + beyondAll, same)
        assert.ok(Buffer.compare(Buffer.from(a), Buffer.from(prefix + beyondAll)) < 0)
      }),
      { numRuns: 2_000 },
    )
  }
})

test('plain text can be read in a key', () => {
  assert.equal(sortText(columns('text', 'integer'), ['acme/ada', 1]), 'acme/ada\u000120000000000001')
})
