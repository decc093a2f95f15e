import assert from 'node:assert/strict'
import { formatByteSize, parseByteSize } from '../../src/domain/byte-size.ts'
import { formatDuration, parseDuration } from '../../src/domain/duration.ts'
import { parseSemver } from '../../src/domain/semver.ts'
import { semverKey } from '../../src/domain/semver-key.ts'
import { parseSemverRange } from '../../src/domain/semver-range.ts'
import { formatTsvStamp, parseTsvStamp } from '../../src/domain/tsv-stamp.ts'
import { fuzz } from './fuzz.ts'

fuzz({
  name: 'byte-size',
  seeds: ['0', '64KiB', '10 GiB', '1.5MB'],
  tokens: ['0', '1', '.', ' ', 'K', 'i', 'B', 'GiB', 'PiB', 'e', 'x'],
  read(text) {
    const bytes = parseByteSize(text)
    assert.ok(Number.isSafeInteger(bytes) && bytes >= 0)
    assert.match(formatByteSize(bytes), /^[0-9.]+ (?:[KMGTP]i)?B$/)
    return true
  },
})

fuzz({
  name: 'duration',
  seeds: ['30d', '1h30m', '500ms', '2w1d'],
  tokens: ['0', '1', 'w', 'd', 'h', 'm', 's', 'ms', ' ', '.', '1m', '1ms'],
  read(text) {
    const ms = parseDuration(text)
    assert.equal(parseDuration(formatDuration(ms)), ms)
    return true
  },
})

fuzz({
  name: 'semver',
  seeds: ['1.2.3', '0.0.0-alpha.1+001', '10.20.30--', '^1.2 || >=1 <2', '1.0 - 2.x'],
  tokens: ['0', '1', '.', '-', '+', 'a', 'x', '*', '^', '~', '>=', '<', '||', ' ', ' - ', 'v'],
  read(text) {
    if (/[ ^]/.test(text)) {
      const range = parseSemverRange(text)
      assert.equal(parseSemverRange(range), range)
      return true
    }
    const key = semverKey(parseSemver(text))
    assert.deepEqual(semverKey(parseSemver(text.replace(/\+.*$/, ''))), key)
    return true
  },
})

fuzz({
  name: 'tsv-stamp',
  seeds: ['tsv:1732186200-users-042', 'tsv:0-a_b-c-1'],
  tokens: ['tsv:', '0', '1', '-', '_', 'a', '-1'],
  read(text) {
    assert.equal(formatTsvStamp(parseTsvStamp(text)), text)
    return true
  },
})
