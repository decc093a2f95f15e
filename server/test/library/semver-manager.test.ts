import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import semver from 'semver'
import { ValidationError } from '../../src/library/errors.ts'
import { releaseTypes, SemverManager } from '../../src/library/semver-manager.ts'
import { anyCharacter } from '../kit/any-character.ts'
import { threadMs } from '../kit/thread-ms.ts'

const manager = new SemverManager()

const numbers = fc.oneof(
  fc.nat({ max: 4 }).map(String),
  fc.constantFrom('10', '9007199254740990', '9007199254740991', '20260101123456789', '9'.repeat(40)),
)
const smallNumbers = fc.nat({ max: 3 }).map(String)
const identifiers = fc.oneof(smallNumbers, fc.constantFrom('alpha', 'beta', 'rc', 'a', 'A', '-', '0a', 'x-1'))
const builds = fc.array(fc.constantFrom('b', '001', '1', '-', '20260101', 'sha-5'), { maxLength: 2 })

function versionsOf(number: fc.Arbitrary<string>, identifier = identifiers): fc.Arbitrary<string> {
  return fc
    .tuple(number, number, number, fc.array(identifier, { maxLength: 3 }), builds)
    .map(([major, minor, patch, pre, build]) => {
      const early = pre.length > 0 ? `-${pre.join('.')}` : ''
      return `${major}.${minor}.${patch}${early}${build.length > 0 ? `+${build.join('.')}` : ''}`
    })
}

/** Near each other, so that they meet. */
const versions = versionsOf(smallNumbers)
/** Some of them are versions. */
const nearly = fc.oneof(
  versionsOf(numbers),
  versions.map((version) => `v${version}`),
  fc
    .tuple(fc.constantFrom('', ' ', '\n', '=', 'V'), versions, fc.constantFrom('', ' ', '\t', '.'))
    .map((p) => p.join('')),
  fc.string({ unit: fc.constantFrom(...'0123.-+vx a'), maxLength: 12 }),
  fc.string({ unit: anyCharacter, maxLength: 20 }),
  fc.constantFrom(
    '01.2.3',
    '1.2.3-01',
    '1.2.3-',
    '1.2.3+',
    '1.2',
    '1.2.3.4',
    '1.2.3-a..b',
    '1.x.0',
    '+1.0.0',
  ),
  versions.map((version) => `${version}-${'a'.repeat(260)}`),
)
const comparators = fc
  .tuple(
    fc.constantFrom('', '^', '~', '>', '>=', '<', '<=', '= '),
    fc.oneof(versions, fc.constantFrom('1', '1.x', '*', '1.2', '2.*')),
  )
  .map((parts) => parts.join(''))
const ranges = fc.oneof(
  comparators,
  fc.tuple(comparators, comparators).map((two) => two.join(' ')),
  fc.tuple(comparators, comparators).map((two) => two.join(' || ')),
  fc.tuple(versions, versions).map((two) => two.join(' - ')),
  fc.constantFrom('', '*', 'latest', '>', '1 - 2', '||', '^^1', 'a b'),
)
const options = fc.record({ includePrerelease: fc.boolean() })

/** As the specification has it: nothing around it, and nothing in front. */
const strictly = (text: string): boolean => semver.valid(text) !== null && /^[0-9]\S*$/.test(text)

function refuses(field: string, work: () => unknown): void {
  assert.throws(work, (error) => error instanceof ValidationError && error.field === field)
}

describe('SemverManager.validate', () => {
  it('takes what the package takes, as it must be written', () => {
    fc.assert(
      fc.property(nearly, (text) => assert.equal(manager.validate(text), strictly(text))),
      {
        numRuns: 500,
      },
    )
  })

  it('takes pre-releases and build metadata', () => {
    for (const version of ['0.0.0', '1.0.0-alpha.1', '1.0.0+20260101', '1.0.0--+-', '1.0.0-0a.x+001.b'])
      assert.ok(manager.validate(version), version)
  })

  it('refuses the rest, also what is no text', () => {
    for (const text of ['v1.0.0', ' 1.0.0', '1.0.0 ', '=1.0.0', '1.0', '', '9007199254740992.0.0'])
      assert.ok(!manager.validate(text), text)
    for (const given of [undefined, null, 1, {}, ['1.0.0']]) assert.ok(!manager.validate(given as never))
  })
})

describe('SemverManager.compare', () => {
  it('agrees with the package', () => {
    fc.assert(
      fc.property(versions, versions, (one, other) => {
        assert.equal(manager.compare(one, other), semver.compare(one, other))
      }),
      { numRuns: 500 },
    )
  })

  it('is blind to build metadata', () => {
    fc.assert(
      fc.property(versions, builds, (version, build) => {
        const other = [version.split('+')[0], ...(build.length > 0 ? [build.join('.')] : [])].join('+')
        assert.equal(manager.compare(version, other), 0)
      }),
    )
  })

  it('goes through the list of section 11', () => {
    const order =
      '1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0'
    const list = order.split(' ')
    for (const [at, version] of list.entries())
      for (const [other, than] of list.entries())
        assert.equal(manager.compare(version, than), Math.sign(at - other))
  })

  it('tells numbers of pre-releases apart that the package cannot', () => {
    const [one, other] = ['1.0.0-20260101123456788', '1.0.0-20260101123456789']
    assert.equal(semver.compare(one, other), 0)
    assert.equal(manager.compare(one, other), -1)
    assert.equal(manager.compare(other, one), 1)
    assert.equal(manager.diff(one, other), 'prerelease')
    assert.deepEqual(manager.sort([other, one]), [one, other])
  })
})

describe('SemverManager.satisfies', () => {
  it('agrees with the package, and refuses what it takes for no range', () => {
    fc.assert(
      fc.property(versions, ranges, options, (version, range, given) => {
        if (semver.validRange(range, given) === null)
          refuses('range', () => manager.satisfies(version, range, given))
        else assert.equal(manager.satisfies(version, range, given), semver.satisfies(version, range, given))
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes a pre-release only where the range names one of the same numbers', () => {
    assert.ok(!manager.satisfies('1.1.0-beta.1', '^1.0.0'))
    assert.ok(!manager.satisfies('1.1.0-beta.1', '^1.0.0-beta.0'))
    assert.ok(manager.satisfies('1.0.0-beta.1', '^1.0.0-beta.0'))
    assert.ok(manager.satisfies('1.1.0-beta.1', '^1.0.0', { includePrerelease: true }))
  })
})

describe('SemverManager.increment', () => {
  const releases = fc.constantFrom(...releaseTypes)
  const words = fc.option(fc.constantFrom('beta', 'rc.1', 'a b', '01', '', '0', 'alpha'), { nil: undefined })

  it('agrees with the package', () => {
    fc.assert(
      fc.property(versions, releases, words, (version, release, word) => {
        const isPre = release.startsWith('pre')
        const expected =
          word === undefined ? semver.inc(version, release) : semver.inc(version, release, word)
        if (expected === null) return refuses('identifier', () => manager.increment(version, release, word))
        if (!isPre && (word === 'a b' || word === '01')) return
        assert.equal(manager.increment(version, release, word), expected)
        assert.equal(manager.compare(manager.increment(version, release), version), 1)
      }),
      { numRuns: 500 },
    )
  })

  it('says which of its arguments is wrong', () => {
    refuses('version', () => manager.increment('1.0', 'major'))
    refuses('release', () => manager.increment('1.0.0', 'largest' as never))
    refuses('release', () => manager.increment('1.0.0-a', 'release' as never))
    refuses('identifier', () => manager.increment('1.0.0', 'prerelease', 'a b'))
    refuses('identifier', () => manager.increment('1.0.0', 'prerelease', 'a'.repeat(10_000)))
    refuses('identifier', () => manager.increment('1.0.0', 'prerelease', 5 as never))
  })

  it('has no next one where numbers or characters end', () => {
    refuses('release', () => manager.increment('9007199254740991.0.0', 'major'))
    refuses('release', () => manager.increment('1.0.9007199254740991', 'patch'))
    refuses('release', () => manager.increment('1.0.0', 'prerelease', 'a'.repeat(251)))
  })
})

describe('SemverManager.latest', () => {
  it('is the highest that the package finds within a range', () => {
    fc.assert(
      fc.property(fc.array(versions, { maxLength: 8 }), ranges, options, (list, range, given) => {
        if (semver.validRange(range, given) === null)
          return refuses('range', () => manager.latest(list, { range, ...given }))
        const found = manager.latest(list, { range, ...given })
        const expected = semver.maxSatisfying(list, range, given)
        if (expected === null) assert.equal(found, undefined)
        else assert.ok(found !== undefined && list.includes(found) && semver.compare(found, expected) === 0)
      }),
      { numRuns: 500 },
    )
  })

  it('prefers releases where no range is given', () => {
    assert.equal(manager.latest(['1.0.0', '2.0.0-rc.1', '1.1.0']), '1.1.0')
    assert.equal(manager.latest(['1.0.0-a', '2.0.0-rc.1']), '2.0.0-rc.1')
    assert.equal(manager.latest(['1.0.0', '2.0.0-rc.1'], { includePrerelease: true }), '2.0.0-rc.1')
    assert.equal(manager.latest([]), undefined)
  })

  it('does not depend on the order of the list', () => {
    fc.assert(
      fc.property(fc.array(versions, { maxLength: 8 }), (list) => {
        assert.equal(manager.latest(list), manager.latest(list.toReversed()))
      }),
    )
  })
})

describe('SemverManager.sort', () => {
  it('agrees with the package, and leaves the list as it was', () => {
    fc.assert(
      fc.property(fc.array(versions, { maxLength: 10 }), (list) => {
        const before = [...list]
        const sorted = manager.sort(list)
        assert.deepEqual(list, before)
        assert.deepEqual(sorted.toSorted(), list.toSorted())
        for (const [at, version] of sorted.entries())
          assert.ok(at === 0 || semver.compareBuild(sorted[at - 1]!, version) <= 0)
        assert.deepEqual(manager.sort(list, 'desc'), sorted.toReversed())
        assert.deepEqual(manager.sort(list.toReversed()), sorted)
      }),
    )
  })

  it('says which of them is no version', () => {
    refuses('versions/1', () => manager.sort(['1.0.0', 'v1.0.0']))
    refuses('versions/0', () => manager.latest(['1']))
  })
})

describe('SemverManager.coerce', () => {
  it('agrees with the package, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(nearly, ranges), options, (text, given) => {
        assert.equal(manager.coerce(text, given), semver.coerce(text, given)?.version)
      }),
      { numRuns: 500 },
    )
  })

  it('reads what people write', () => {
    assert.equal(manager.coerce('v1.2'), '1.2.0')
    assert.equal(manager.coerce('release 3'), '3.0.0')
    assert.equal(manager.coerce(' 1.2.3-rc.1 '), '1.2.3')
    assert.equal(manager.coerce('1.2.3-rc.1', { includePrerelease: true }), '1.2.3-rc.1')
    assert.equal(manager.coerce('none'), undefined)
    assert.equal(manager.coerce(3 as never), undefined)
  })
})

describe('SemverManager.diff', () => {
  it('agrees with the package', () => {
    fc.assert(
      fc.property(versions, versions, (one, other) => {
        assert.equal(manager.diff(one, other), semver.diff(one, other) ?? undefined)
        assert.equal(manager.diff(one, other), manager.diff(other, one))
      }),
      { numRuns: 500 },
    )
  })
})

describe('SemverManager and what is no version', () => {
  const long = '1.'.repeat(5_000)
  const hostile = [
    long,
    '0'.repeat(10_000),
    ' '.repeat(10_000),
    `1.0.0-${'a.'.repeat(5_000)}`,
    '\ud800',
    '1.0.0\0',
  ]

  it('refuses it everywhere, with the field and a short message', () => {
    for (const text of [...hostile, 'v1.0.0', 5 as never, null as never]) {
      refuses('version', () => manager.compare(text, '1.0.0'))
      refuses('version', () => manager.compare('1.0.0', text))
      refuses('version', () => manager.satisfies(text, '*'))
      refuses('version', () => manager.increment(text, 'patch'))
      refuses('version', () => manager.diff('1.0.0', text))
      refuses('versions/0', () => manager.sort([text]))
      assert.throws(
        () => manager.compare(text, '1.0.0'),
        (error) => error instanceof ValidationError && error.message.length < 700,
      )
    }
    for (const text of [long, 'x'.repeat(10_000), '>'.repeat(10_000), 5 as never])
      refuses('range', () => manager.satisfies('1.0.0', text))
  })

  it('takes no time with length', () => {
    const began = threadMs()
    for (let time = 0; time < 100; time++) {
      for (const text of hostile) {
        manager.validate(text)
        manager.coerce(text)
      }
      manager.coerce('1.'.repeat(512))
    }
    assert.ok(threadMs() - began < 2_000)
  })
})
