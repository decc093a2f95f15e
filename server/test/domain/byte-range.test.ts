import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseRange } from '../../src/domain/byte-range.ts'

const sizes = fc.nat({ max: 30 })

/** The bytes of `0 … size-1` that RFC 9110 section 14.1.2 means, counted one by one. */
function meant(first: number | undefined, last: number | undefined, size: number): number[] {
  const all = Array.from({ length: size }, (_, at) => at)
  if (first === undefined) return all.slice(Math.max(0, size - (last ?? 0)))
  return all.filter((at) => at >= first && at <= (last ?? size))
}

describe('range', () => {
  it('names the bytes that RFC 9110 means', () => {
    const bounds = fc.option(fc.nat({ max: 40 }), { nil: undefined })
    fc.assert(
      fc.property(bounds, bounds, sizes, (first, last, size) => {
        fc.pre(first !== undefined || last !== undefined)
        fc.pre(first === undefined || last === undefined || first <= last)
        const found = parseRange(`bytes=${first ?? ''}-${last ?? ''}`, size)
        const bytes = meant(first, last, size)
        if (bytes.length > 0) {
          assert.deepEqual(found, { start: bytes[0], end: bytes.at(-1) })
        } else {
          assert.equal(found, first === undefined && last !== 0 ? 'whole' : 'unsatisfiable')
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('ignores what it need not understand', () => {
    for (const header of [
      undefined,
      '',
      'bytes',
      'bytes=',
      'bytes=-',
      'bytes=0-1,3-4',
      'items=0-1',
      'bytes=a-b',
      'bytes=0x1-2',
      'bytes 0-1',
      'bytes=1.0-2',
      `bytes=${' '.repeat(300)}0-1`,
    ]) {
      assert.equal(parseRange(header, 10), 'whole', String(header))
    }
  })

  it('takes the unit in any case and blanks around the range', () => {
    assert.deepEqual(parseRange('Bytes= 0-3 ', 10), { start: 0, end: 3 })
  })

  it('is not fooled by numbers that no double holds', () => {
    const huge = '9'.repeat(30)
    assert.deepEqual(parseRange(`bytes=0-${huge}`, 10), { start: 0, end: 9 })
    assert.deepEqual(parseRange(`bytes=-${huge}`, 10), { start: 0, end: 9 })
    assert.equal(parseRange(`bytes=${huge}-`, 10), 'unsatisfiable')
    assert.equal(parseRange('bytes=9007199254740993-9007199254740992', 10), 'unsatisfiable')
  })

  it('cannot be satisfied where it ends before it starts', () => {
    assert.equal(parseRange('bytes=5-2', 10), 'unsatisfiable')
    assert.equal(parseRange('bytes=500-0', 2048), 'unsatisfiable')
  })

  it('cannot be satisfied by nothing, except for its end', () => {
    assert.equal(parseRange('bytes=0-', 0), 'unsatisfiable')
    assert.equal(parseRange('bytes=0-0', 0), 'unsatisfiable')
    assert.equal(parseRange('bytes=-0', 0), 'unsatisfiable')
    assert.equal(parseRange('bytes=-0', 10), 'unsatisfiable')
    assert.equal(parseRange('bytes=-1', 0), 'whole')
    assert.equal(parseRange('bytes=10-', 10), 'unsatisfiable')
  })
})
