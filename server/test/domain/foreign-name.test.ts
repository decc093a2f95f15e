import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  decodeForeignName,
  decodeForeignVersion,
  decodePackageName,
  encodeForeignName,
  encodeForeignVersion,
  encodePackageName,
} from '../../src/domain/foreign-name.ts'
import {
  isRepositorySegment,
  maxRepositoryName,
  parseNamespace,
  repositoryNameOf,
} from '../../src/domain/repository-name.ts'
import { isTag, parseTag } from '../../src/domain/tag.ts'
import { anyCharacter } from '../kit/any-character.ts'
import { segments, tags } from './names.ts'
import { refuses } from './refusal.ts'

/** Texts on both sides of every rule of the encoding: escapes, their beginnings, and the letters that it uses. */
const tricky = fc.array(
  fc.constantFrom(
    'x',
    'z',
    '_',
    '__',
    '__2b',
    '__46',
    '__c3',
    '__bc',
    '+',
    'F',
    '-',
    '--',
    '.',
    'a',
    '7',
    'ü',
    '🙂',
    ' ',
    '/',
    '@',
  ),
  { minLength: 1, maxLength: 7 },
)
const texts = fc
  .oneof(
    tricky.map((parts) => parts.join('')),
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 12 }),
    segments,
    tags,
  )
  .filter((text) => !text.includes('\0') && text.isWellFormed())
/** So that what is made of them, at most four characters a byte, always fits. */
const short = texts.filter((text) => Buffer.byteLength(text) <= 24)
const runs = { numRuns: 5_000 }

describe('foreign name', () => {
  it('becomes a path segment, and comes back', () => {
    fc.assert(
      fc.property(short, (name) => {
        const encoded = encodeForeignName(name)
        assert.ok(isRepositorySegment(encoded), `${encoded} is no path segment`)
        assert.equal(decodeForeignName(encoded), name)
      }),
      runs,
    )
  })

  it('is what exactly one segment stands for: decoding and encoding again changes nothing', () => {
    const candidates = fc.oneof(segments, short.filter(isRepositorySegment))
    fc.assert(
      fc.property(candidates, (segment) => {
        assert.equal(encodeForeignName(decodeForeignName(segment)), segment)
      }),
      runs,
    )
  })

  it('is never shared by two', () => {
    fc.assert(
      fc.property(short, short, (one, other) => {
        assert.equal(encodeForeignName(one) === encodeForeignName(other), one === other)
      }),
      runs,
    )
  })

  it('stays as it is where it is plain', () => {
    for (const name of ['lodash', 'left-pad', 'foo_bar', 'a.b', 'a---b', 'x', 'zod', 'xterm', 'github.com']) {
      assert.equal(encodeForeignName(name), name)
    }
  })

  it('is escaped where it is not', () => {
    for (const [name, segment] of [
      ['Foo', 'x__46oo'],
      ['xFoo', 'x__78__46oo'],
      ['JSONStream', 'x__4a__53__4f__4e__53tream'],
      ['_private', 'x__5fprivate'],
      ['a.', 'a__2e'],
      ['..', 'x__2e__2e'],
      ['ü', 'x__c3__bc'],
      ['x__46oo', 'zx__46oo'],
      ['zx__46oo', 'zzx__46oo'],
      // Looks escaped and is not, since a is never escaped there.
      ['b__61', 'b__61'],
    ] as const) {
      assert.equal(encodeForeignName(name), segment)
      assert.equal(decodeForeignName(segment), name)
    }
  })

  it('must be text and fit into a path', () => {
    refuses(() => encodeForeignName(''), 'name-invalid', /empty/)
    refuses(() => encodeForeignName('a\0'), 'name-invalid', /NUL/)
    refuses(() => encodeForeignName('\ud800'), 'name-invalid', /not Unicode text/)
    refuses(() => encodeForeignName('Ä'.repeat(60)), 'name-invalid', /longer than/)
    refuses(() => encodeForeignName('a'.repeat(maxRepositoryName + 1)), 'name-invalid', /longer than/)
    refuses(() => decodeForeignName('Foo'), 'name-invalid', /no.* path segment|not a path segment/)
  })
})

describe('package name', () => {
  const names = fc
    .tuple(
      fc.option(fc.oneof(short, fc.constantFrom('model', 'npm', 'library', 'x__6dodel')), { nil: undefined }),
      short,
    )
    .filter(([scope, name]) => !scope?.includes('/') && (scope !== undefined || !name.startsWith('@')))
    .map(([scope, name]) => (scope === undefined ? name : `@${scope}/${name}`))

  it('becomes a namespace and a name that a repository can have, and comes back', () => {
    fc.assert(
      fc.property(names, (name) => {
        const encoded = encodePackageName(name)
        assert.equal(parseNamespace(encoded.namespace), encoded.namespace)
        assert.equal(
          repositoryNameOf('package', encoded.namespace, encoded.name),
          `package/${encoded.namespace}/${encoded.name}`,
        )
        assert.equal(decodePackageName(encoded.namespace, encoded.name), name)
      }),
      runs,
    )
  })

  it('keeps a scope apart from kinds, protocols and packages without a scope', () => {
    assert.deepEqual(encodePackageName('lodash'), { namespace: 'library', name: 'lodash' })
    assert.deepEqual(encodePackageName('@babel/core'), { namespace: 'babel', name: 'core' })
    assert.deepEqual(encodePackageName('@library/lodash'), { namespace: 'x__6cibrary', name: 'lodash' })
    assert.deepEqual(encodePackageName('@model/x'), { namespace: 'x__6dodel', name: 'x' })
    refuses(() => encodePackageName('@scope'), 'name-invalid', /a slash and a name/)
    refuses(() => encodePackageName('@/x'), 'name-invalid', /empty/)
    refuses(() => encodePackageName('@a/'), 'name-invalid', /empty/)
  })
})

describe('foreign version', () => {
  it('becomes a tag, and comes back', () => {
    fc.assert(
      fc.property(short, (version) => {
        const tag = encodeForeignVersion(version)
        assert.equal(parseTag(tag), tag)
        assert.equal(decodeForeignVersion(tag), version)
      }),
      runs,
    )
  })

  it('is what exactly one tag stands for', () => {
    fc.assert(
      fc.property(fc.oneof(tags, short.filter(isTag)), (tag) => {
        assert.equal(encodeForeignVersion(decodeForeignVersion(parseTag(tag))), tag)
      }),
      runs,
    )
  })

  it('stays as it is where it is a tag, with the underscores that helm writes', () => {
    for (const version of ['1.2.3', '1.0_5', 'v1.0.0-rc.1', 'latest', 'A', '_a', '1.0__x', 'a--b']) {
      assert.equal(encodeForeignVersion(version), version)
    }
    assert.equal(encodeForeignVersion('1.0+5'), '1.0__2b5')
    assert.equal(encodeForeignVersion('1.0__2b5'), 'z1.0__2b5')
    assert.equal(encodeForeignVersion('.5'), 'x__2e5')
  })

  it('must be text and fit into a tag', () => {
    refuses(() => encodeForeignVersion(''), 'tag-invalid', /empty/)
    refuses(() => encodeForeignVersion('a\0'), 'tag-invalid', /NUL/)
    refuses(() => encodeForeignVersion('\udc00'), 'tag-invalid', /not Unicode text/)
    refuses(() => encodeForeignVersion('+'.repeat(33)), 'tag-invalid', /longer than 128/)
    refuses(() => encodeForeignVersion('a'.repeat(129)), 'tag-invalid', /longer than 128/)
  })
})
