import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isSemver, parseSemver, type Semver } from '../../src/domain/semver.ts'
import { semverKey } from '../../src/domain/semver-key.ts'
import { isSemverRange, parseSemverRange } from '../../src/domain/semver-range.ts'
import { semvers } from './names.ts'
import { refuses } from './refusal.ts'

/** Semantic Versioning section 11, read aloud: the slow way that the key must agree with. */
function compare(a: Semver, b: Semver): number {
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (BigInt(a[part]) !== BigInt(b[part])) return BigInt(a[part]) < BigInt(b[part]) ? -1 : 1
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Math.sign(b.prerelease.length - a.prerelease.length)
  }
  for (const [at, one] of a.prerelease.entries()) {
    const other = b.prerelease[at]
    if (other === undefined) return 1
    if (one === other) continue
    const [oneIsNumber, otherIsNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)]
    if (oneIsNumber && otherIsNumber) return BigInt(one) < BigInt(other) ? -1 : 1
    if (oneIsNumber !== otherIsNumber) return oneIsNumber ? -1 : 1
    return one < other ? -1 : 1
  }
  return Math.sign(a.prerelease.length - b.prerelease.length)
}

const keyOf = (text: string): Uint8Array => semverKey(parseSemver(text))

describe('semver', () => {
  it('takes versions apart without losing anything', () => {
    fc.assert(
      fc.property(semvers, (text) => {
        const { major, minor, patch, prerelease, build } = parseSemver(text)
        const early = prerelease.length > 0 ? `-${prerelease.join('.')}` : ''
        const late = build.length > 0 ? `+${build.join('.')}` : ''
        assert.equal(`${major}.${minor}.${patch}${early}${late}`, text)
      }),
    )
  })

  it('refuses what is nearly a version', () => {
    for (const text of [
      '',
      '1',
      '1.2',
      'v1.2.3',
      '01.2.3',
      '1.02.3',
      '1.2.03',
      '1.2.3-',
      '1.2.3+',
      '1.2.3-01',
      '1.2.3-a..b',
      '1.2.3+a+b',
      '1.2.3 ',
      '1.2.3-ä',
      '-1.2.3',
      '1.2.3.4',
      `1.2.${'3'.repeat(256)}`,
    ]) {
      assert.equal(isSemver(text), false, text)
    }
    refuses(() => parseSemver('1.2'), 'parameter-invalid', /major\.minor\.patch/)
    assert.equal(isSemver('1.2.3-0a.-.--+001'), true)
  })
})

describe('semver key', () => {
  it('sorts as the versions do', () => {
    fc.assert(
      fc.property(semvers, semvers, (one, other) => {
        const expected = compare(parseSemver(one), parseSemver(other))
        assert.equal(Buffer.compare(keyOf(one), keyOf(other)), expected, `${one} and ${other}`)
      }),
      { numRuns: 10_000 },
    )
  })

  it('puts the example of the specification in its order, and long numbers in theirs', () => {
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '2.0.0',
      '2.1.0',
      '2.1.1',
      '10.0.0',
      '9007199254740993.0.0',
      `1${'0'.repeat(200)}.0.0`,
    ]
    const shuffled = [...ordered].reverse().sort((a, b) => Buffer.compare(keyOf(a), keyOf(b)))
    assert.deepEqual(shuffled, ordered)
    assert.deepEqual(keyOf('1.0.0+a'), keyOf('1.0.0+b'))
  })
})

describe('semver range', () => {
  it('is written in one way', () => {
    for (const [text, expected] of [
      ['^1.2', '^1.2'],
      ['  >=  1.0.0   <2 ', '>=1.0.0 <2'],
      ['1||2.x', '1 || 2.x'],
      ['1.0 - 2', '1.0 - 2'],
      ['~>1.2.3-rc.1', '~>1.2.3-rc.1'],
      ['*', '*'],
    ] as const) {
      assert.equal(parseSemverRange(text), expected)
      assert.equal(parseSemverRange(expected), expected)
    }
  })

  it('refuses what is none', () => {
    for (const text of [
      '',
      '||',
      '1 ||',
      'latest',
      '>',
      '1.2.3.4',
      '1 - ',
      '- 1',
      '1 - 2 - 3',
      '^^1',
      '01',
      '1.2.3-01',
      `${'1 '.repeat(200)}`,
    ]) {
      assert.equal(isSemverRange(text), false, JSON.stringify(text))
    }
    refuses(() => parseSemverRange('latest'), 'parameter-invalid', /range of versions/)
  })
})
