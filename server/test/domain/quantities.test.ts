import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatByteSize, parseByteSize } from '../../src/domain/byte-size.ts'
import { formatDuration, parseDuration } from '../../src/domain/duration.ts'
import { refuses } from './refusal.ts'

describe('byte size', () => {
  it('counts in thousands without an i, and in 1024s with one', () => {
    for (const [text, bytes] of [
      ['0', 0],
      ['512', 512],
      ['512B', 512],
      ['64KiB', 65_536],
      ['64 kib', 65_536],
      ['10 GiB', 10 * 2 ** 30],
      ['10 GB', 10_000_000_000],
      ['1.5 MiB', 1_572_864],
      ['0.5KiB', 512],
      [' 1kB ', 1_000],
      ['1TiB', 2 ** 40],
      ['7PiB', 7 * 2 ** 50],
    ] as const) {
      assert.equal(parseByteSize(text), bytes, text)
    }
  })

  it('refuses what is not a size', () => {
    for (const text of ['', 'KiB', '-1', '1e3', '1,5 MiB', '1 2', '.5KiB', '5.', '1  KiB', '0x10']) {
      refuses(() => parseByteSize(text, 'limit'), 'parameter-invalid', /invalid limit: it is not a size/)
    }
    refuses(() => parseByteSize('1K'), 'parameter-invalid', /K is not a unit/)
    refuses(() => parseByteSize('1ton'), 'parameter-invalid', /ton is not a unit/)
    refuses(() => parseByteSize('9 PiB'), 'parameter-invalid', /more than can be counted/)
  })

  it('is shown so that it reads as nearly the same', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        fc.pre(bytes < 7 * 2 ** 50)
        const read = parseByteSize(formatByteSize(bytes))
        assert.ok(
          Math.abs(read - bytes) <= bytes * 0.05 + 0.5,
          `${bytes} is shown as ${formatByteSize(bytes)}`,
        )
      }),
    )
    assert.equal(formatByteSize(0), '0 B')
    assert.equal(formatByteSize(1023), '1023 B')
    assert.equal(formatByteSize(1536), '1.5 KiB')
    assert.equal(formatByteSize(2 ** 30), '1 GiB')
  })
})

describe('duration', () => {
  it('adds up its units', () => {
    for (const [text, ms] of [
      ['0s', 0],
      ['500ms', 500],
      ['90s', 90_000],
      ['1h30m', 5_400_000],
      ['30d', 2_592_000_000],
      ['2w1d', 1_296_000_000],
      ['1m1ms', 60_001],
    ] as const) {
      assert.equal(parseDuration(text), ms, text)
    }
  })

  it('reads exactly what it wrote', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (ms) => {
        assert.equal(parseDuration(formatDuration(ms)), ms)
      }),
    )
    assert.equal(formatDuration(0), '0s')
    assert.equal(formatDuration(5_400_000), '1h30m')
  })

  it('refuses numbers without a unit, another order, repeats and what cannot be counted', () => {
    for (const text of ['', '5', '5x', '30m1h', '1h1h', '-1s', '1.5h', '1h 30m', '1H', ' 1h', '1s\n']) {
      refuses(() => parseDuration(text, 'grace'), 'parameter-invalid', /invalid grace: it is not a duration/)
    }
    refuses(() => parseDuration('999999999999999w'), 'parameter-invalid', /more than can be counted/)
  })
})
