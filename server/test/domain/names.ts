import fc from 'fast-check'
import { artifactKinds } from '../../src/domain/reserved-names.ts'

const alphanumeric = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'),
  minLength: 1,
  maxLength: 8,
})

/** A path segment of the distribution spec's grammar, reserved or not. */
export const segments: fc.Arbitrary<string> = fc
  .tuple(
    alphanumeric,
    fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), alphanumeric), { maxLength: 3 }),
  )
  .map(([first, rest]) => first + rest.flat().join(''))

/** A tag of the distribution spec's grammar. */
export const tags: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...'abzAZ09_x'),
    fc.string({ unit: fc.constantFrom(...'abcxzABXZ019._-'), maxLength: 60 }),
  )
  .map((parts) => parts.join(''))

/** A path that may be any kind of artifact's, or nobody's. */
export const paths: fc.Arbitrary<string> = fc
  .tuple(
    fc.option(fc.constantFrom(...artifactKinds), { nil: undefined }),
    fc.array(segments, { minLength: 1, maxLength: 4 }),
  )
  .map(([kind, rest]) => [...(kind === undefined ? [] : [kind]), ...rest].join('/'))

const numbers = fc.oneof(fc.nat({ max: 20 }).map(String), fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String))
const identifiers = fc.oneof(
  numbers,
  fc.constantFrom('alpha', 'beta', 'rc', 'a', 'A', 'aa', '-', '--', '0a', 'x-1'),
)

/** A version of Semantic Versioning 2.0.0; near each other, so that every rule of precedence is met. */
export const semvers: fc.Arbitrary<string> = fc
  .tuple(
    numbers,
    numbers,
    numbers,
    fc.array(identifiers, { maxLength: 3 }),
    fc.array(fc.constantFrom('b', '001', '-'), { maxLength: 2 }),
  )
  .map(
    ([major, minor, patch, prerelease, build]) =>
      `${major}.${minor}.${patch}${prerelease.length > 0 ? `-${prerelease.join('.')}` : ''}${build.length > 0 ? `+${build.join('.')}` : ''}`,
  )
