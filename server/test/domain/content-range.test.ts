import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatUploadRange, parseContentRange } from '../../src/domain/content-range.ts'
import { refuses } from './refusal.ts'

describe('content range', () => {
  it('reads the form of the distribution spec and that of HTTP alike', () => {
    const position = fc.maxSafeNat().filter((at) => at < Number.MAX_SAFE_INTEGER)
    const bounds = fc.tuple(position, position)
    fc.assert(
      fc.property(bounds, ([a, b]) => {
        const [start, end] = a <= b ? [a, b] : [b, a]
        const expected = { start, end }
        assert.deepEqual(parseContentRange(`${start}-${end}`), expected)
        assert.deepEqual(parseContentRange(`bytes ${start}-${end}/*`), expected)
        assert.deepEqual(parseContentRange(`bytes ${start}-${end}/${end}`), expected)
        assert.deepEqual(parseContentRange(`bytes=${start}-${end}`), expected)
      }),
    )
  })

  it('refuses what is no range, is backwards, or cannot be counted', () => {
    for (const text of [
      '',
      '-',
      '1-',
      '-1',
      '0--1',
      'a-b',
      ' 0-1',
      '0-1 ',
      '0-1\n',
      '1.5-2',
      '0-1,2-3',
      'bytes */5',
    ]) {
      refuses(() => parseContentRange(text), 'upload-invalid', /not of the form first-last/)
    }
    refuses(() => parseContentRange('2-1'), 'upload-invalid', /ends before it starts/)
    refuses(() => parseContentRange('0-9007199254740991'), 'upload-invalid', /beyond what can be counted/)
    assert.deepEqual(parseContentRange('0-9007199254740990'), { start: 0, end: 9007199254740990 })
  })

  it('tells where an upload stands, in a form that parses even at nothing', () => {
    assert.equal(formatUploadRange(0), '0-0')
    assert.equal(formatUploadRange(1), '0-0')
    assert.equal(formatUploadRange(10), '0-9')
  })
})
