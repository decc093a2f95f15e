import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatTimestamp, parseTimestamp } from '../../src/domain/rfc3339.ts'
import { refuses } from './refusal.ts'

const earliest = Date.parse('0000-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')
const times = fc.integer({ min: earliest, max: latest })

describe('timestamp', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(times, (ms) => {
        assert.equal(parseTimestamp(formatTimestamp(ms)), ms)
      }),
    )
  })

  it('means the same with any offset', () => {
    const day = 86_400_000
    const offsets = fc.tuple(fc.constantFrom('+', '-'), fc.nat({ max: 23 }), fc.nat({ max: 59 }))
    const inner = fc.integer({ min: earliest + day, max: latest - day })
    fc.assert(
      fc.property(inner, offsets, (ms, [sign, hours, minutes]) => {
        const shift = (sign === '+' ? 1 : -1) * (hours * 60 + minutes) * 60_000
        const two = (n: number): string => String(n).padStart(2, '0')
        const local = formatTimestamp(ms + shift).replace('Z', `${sign}${two(hours)}:${two(minutes)}`)
        assert.equal(parseTimestamp(local), ms)
      }),
    )
  })

  it('drops what is finer than a millisecond, and takes small letters', () => {
    assert.equal(parseTimestamp('2026-01-02t03:04:05.678999999z'), Date.UTC(2026, 0, 2, 3, 4, 5, 678))
    assert.equal(parseTimestamp('2026-01-02T03:04:05.1Z'), Date.UTC(2026, 0, 2, 3, 4, 5, 100))
    assert.equal(parseTimestamp('1969-12-31T23:59:59.999Z'), -1)
    assert.equal(parseTimestamp('2024-02-29T00:00:00-00:00'), Date.UTC(2024, 1, 29))
    assert.equal(formatTimestamp(0), '1970-01-01T00:00:00Z')
    assert.equal(formatTimestamp(1), '1970-01-01T00:00:00.001Z')
  })

  it('refuses other forms, days that there are not, and leap seconds', () => {
    for (const text of [
      '',
      '2026-01-02',
      '2026-01-02T03:04Z',
      '2026-01-02T03:04:05',
      '2026-01-02 03:04:05Z',
      '26-01-02T03:04:05Z',
      '2026-01-02T03:04:05.Z',
      '2026-01-02T03:04:05+0100',
      ' 2026-01-02T03:04:05Z',
      '2026-01-02T03:04:05Z\n',
      '+12026-01-02T03:04:05Z',
    ]) {
      refuses(() => parseTimestamp(text), 'parameter-invalid', /RFC 3339/)
    }
    for (const text of [
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:60:00Z',
    ]) {
      refuses(() => parseTimestamp(text, 'since'), 'parameter-invalid', /invalid since: there is no such day/)
    }
    refuses(() => parseTimestamp('2026-01-01T00:00:00+24:00'), 'parameter-invalid', /no such offset/)
    refuses(() => parseTimestamp('2016-12-31T23:59:60Z'), 'parameter-invalid', /leap seconds/)
    refuses(() => parseTimestamp('0000-01-01T00:00:00+00:01'), 'parameter-invalid', /outside of the years/)
  })

  it('writes no year that it could not read', () => {
    assert.throws(() => formatTimestamp(latest + 1), RangeError)
    assert.throws(() => formatTimestamp(earliest - 1), RangeError)
    assert.throws(() => formatTimestamp(Number.NaN), RangeError)
  })
})
