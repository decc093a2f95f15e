import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { BaseType, Column } from '../../../../src/adapters/store/shared/declared.ts'
import { beyondAll, sortKey } from '../../../../src/adapters/store/shared/sort-key.ts'
import type { Value } from '../../../../src/ports/store/table.ts'

const column = (type: BaseType): Column => ({ name: 'c', type, nullable: false })
const sign = (order: number): number => Math.sign(order)
const byUnits = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

/** What the order of two values must be, told in another way than by sort keys. */
const orders: Record<BaseType, (one: never, other: never) => number> = {
  text: (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other)),
  integer: (one: number, other: number) => sign(one - other),
  real: (one: number, other: number) => (one < other ? -1 : Number(one > other)),
  boolean: (one: boolean, other: boolean) => Number(one) - Number(other),
  bytes: (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other),
}

/** Few letters, so that one text is often the beginning of another, and from both sides of the surrogates. */
const letters = fc.constantFrom(
  '\u0001',
  'a',
  'b',
  '\u007f',
  '\u0080',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
)
const arbitraries: Record<BaseType, fc.Arbitrary<Value>> = {
  text: fc.oneof(fc.string({ unit: letters, maxLength: 4 }), fc.string({ unit: 'grapheme' })),
  integer: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  boolean: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 4 }),
}
const types = Object.keys(orders) as BaseType[]
const clean = (value: Value): boolean => typeof value !== 'string' || !value.includes('\0')

const ordered = (type: BaseType, one: Value, other: Value): number =>
  sign(orders[type](one as never, other as never))

test('sort keys are ordered as their values are, column by column', () => {
  const tuple = fc
    .array(fc.constantFrom(...types), { minLength: 1, maxLength: 3 })
    .chain((list) => fc.tuple(fc.constant(list), values(list), values(list)))
  fc.assert(
    fc.property(tuple, ([list, one, other]) => {
      const columns = list.map(column)
      const expected =
        list.map((type, at) => ordered(type, one[at]!, other[at]!)).find((order) => order !== 0) ?? 0
      assert.equal(byUnits(sortKey(columns, one), sortKey(columns, other)), expected)
    }),
    { seed: 7, numRuns: 3000 },
  )
})

test('what begins with a prefix lies between it and the mark beyond all', () => {
  const pair = fc.tuple(fc.constantFrom(...types), fc.constantFrom(...types))
  const cases = pair.chain((list) => fc.tuple(fc.constant(list), values(list), values(list)))
  fc.assert(
    fc.property(cases, ([list, one, other]) => {
      const columns = list.map(column)
      const prefix = sortKey(columns, one.slice(0, 1))
      const whole = sortKey(columns, other)
      const within = prefix <= whole && whole < prefix + beyondAll
      assert.equal(within, ordered(list[0], one[0]!, other[0]!) === 0)
    }),
    { seed: 8, numRuns: 3000 },
  )
})

function values(list: readonly BaseType[]): fc.Arbitrary<Value[]> {
  return fc.tuple(...list.map((type) => arbitraries[type].filter(clean)))
}
