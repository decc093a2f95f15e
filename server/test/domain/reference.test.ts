import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isRegistryError } from '../../src/domain/error.ts'
import { formatReference, maxReference, parseReference, type Reference } from '../../src/domain/reference.ts'
import { paths, semvers, tags } from './names.ts'
import { refuses } from './refusal.ts'

const digest = `sha256:${'0a'.repeat(32)}`

const hosts = fc.constantFrom(
  'localhost/',
  'localhost:5000/',
  'Registry.Example.org/',
  'example.org:443/',
  '[::1]:80/',
  'a:1/',
)
const owners = fc.constantFrom(
  '',
  'users/',
  'orgs/',
  'image:',
  'model:',
  'package:',
  '@',
  'localhost/',
  'a.b/',
)
const selectors = fc.oneof(
  fc.constantFrom(
    '',
    `@${digest}`,
    `:v1@${digest}`,
    '@tsv:1732186200-users-042',
    '@2026-01-02T03:04:05.060Z',
  ),
  fc.constantFrom(
    '@^1.2',
    '@>= 1.0.0 <2',
    '@1 || 2.x',
    '@1.0 - 2',
    '@*',
    '@ =1.2.3',
    '@ 1.2.3',
    '@~1',
    '@latest',
  ),
  tags.map((tag) => `:${tag}`),
  semvers.map((version) => `@${version}`),
)
const typed: fc.Arbitrary<string> = fc
  .tuple(fc.option(hosts, { nil: '' }), owners, paths, selectors)
  .map((parts) => parts.join(''))

describe('reference', () => {
  it('is written so that it reads the same', () => {
    let accepted = 0
    fc.assert(
      fc.property(typed, (text) => {
        const reference = parsedOrUndefined(text)
        if (reference === undefined) return
        accepted++
        const written = formatReference(reference)
        assert.deepEqual(parseReference(written), reference, written)
        assert.equal(formatReference(parseReference(written)), written)
      }),
      { numRuns: 3_000 },
    )
    assert.ok(accepted > 500, `only ${accepted} of the generated texts were references`)
  })

  it('takes the forms that people type', () => {
    for (const [text, host, repository, selector, written] of [
      ['foo', undefined, 'library/foo', { by: 'default' }, 'library/foo'],
      ['foo:1.2', undefined, 'library/foo', { by: 'tag', tag: '1.2' }, 'library/foo:1.2'],
      ['acme/a/b', undefined, 'acme/a/b', { by: 'default' }, 'acme/a/b'],
      [
        'acme/app@1.2.3-rc.1+b',
        undefined,
        'acme/app',
        { by: 'version', version: '1.2.3-rc.1+b' },
        'acme/app@1.2.3-rc.1+b',
      ],
      [
        'acme/app@ >= 1  <2||3.x',
        undefined,
        'acme/app',
        { by: 'range', range: '>=1 <2 || 3.x' },
        'acme/app@>=1 <2 || 3.x',
      ],
      ['acme/app@latest', undefined, 'acme/app', { by: 'tag', tag: 'latest' }, 'acme/app:latest'],
      [
        `acme/app:1@${digest}`,
        undefined,
        'acme/app',
        { by: 'digest', digest, tag: '1' },
        `acme/app:1@${digest}`,
      ],
      ['model:acme/llama', undefined, 'model/acme/llama', { by: 'default' }, 'model:acme/llama'],
      ['model/acme/llama', undefined, 'model/acme/llama', { by: 'default' }, 'model:acme/llama'],
      ['model:llama', undefined, 'library/model', { by: 'tag', tag: 'llama' }, 'library/model:llama'],
      ['image:acme.io/app', undefined, 'acme.io/app', { by: 'default' }, 'image:acme.io/app'],
      ['acme.io/app', 'acme.io', 'library/app', { by: 'default' }, 'acme.io/library/app'],
      ['LOCALHOST/app', 'localhost', 'library/app', { by: 'default' }, 'localhost/library/app'],
      ['h:5000/model:acme/x:1', 'h:5000', 'model/acme/x', { by: 'tag', tag: '1' }, 'h:5000/model:acme/x:1'],
      ['[::1]:80/a/b', '[::1]:80', 'a/b', { by: 'default' }, '[::1]:80/a/b'],
      ['h.io/users/ann/app', 'h.io', 'ann/app', { by: 'default' }, 'h.io/ann/app'],
      [
        'h.io/orgs/acme/app@1.0.0',
        'h.io',
        'acme/app',
        { by: 'version', version: '1.0.0' },
        'h.io/acme/app@1.0.0',
      ],
      ['h.io/users/app', 'h.io', 'users/app', { by: 'default' }, 'h.io/users/app'],
      ['h.io/image:users/a/b', 'h.io', 'users/a/b', { by: 'default' }, 'h.io/image:users/a/b'],
      ['users/ann/app', undefined, 'users/ann/app', { by: 'default' }, 'users/ann/app'],
      [
        '@scope/name@^7',
        undefined,
        'package/scope/name',
        { by: 'range', range: '^7' },
        'package:scope/name@^7',
      ],
      ['h.io/@S/n', 'h.io', 'package/x__53/n', { by: 'default' }, 'h.io/package:x__53/n'],
    ] as const) {
      const reference = parseReference(text)
      assert.deepEqual(reference, { ...(host !== undefined && { host }), repository, selector }, text)
      assert.equal(formatReference(reference), written)
    }
  })

  it('takes stamps and points in time', () => {
    assert.deepEqual(parseReference('acme/users@tsv:1732186200-my-users_x-042').selector, {
      by: 'stamp',
      stamp: { seconds: 1732186200, name: 'my-users_x', sequence: '042' },
    })
    assert.deepEqual(parseReference('acme/users@2026-01-01T01:00:00+01:00').selector, {
      by: 'time',
      at: Date.UTC(2026, 0, 1),
    })
  })

  it('says what is wrong', () => {
    for (const [text, says] of [
      ['', /empty segment/],
      ['acme/app@', /invalid tag "": it is empty/],
      ['acme/app:', /invalid tag/],
      ['acme/app:1@1.2.3', /only a digest may follow/],
      ['acme/app@sha256:abc', /64 hex digits/],
      ['acme/app@tsv:x-y-1', /a stamp is/],
      ['acme/app@2026-13-01T00:00:00Z', /no such day/],
      ['acme/app@a b', /invalid tag/],
      ['foo:bar/baz', /neither a host nor a kind/],
      ['h:99999/app', /neither a host nor a kind/],
      ['h.io/tool:acme/app', /"tool" is not a kind/],
      ['npm/acme', /name of a protocol/],
      ['model/acme', /is a kind of artifact/],
      ['@scope', /a slash and a name/],
      ['-.io/app', /neither a host/],
      ['a'.repeat(maxReference + 1), /longer than 1024/],
    ] as const) {
      refuses(() => parseReference(text), 'reference-invalid', says)
    }
  })
})

function parsedOrUndefined(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    assert.ok(isRegistryError(error, 'reference-invalid'))
    return undefined
  }
}
