import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { splitHeader } from '../../src/domain/header-list.ts'
import {
  acceptsMediaType,
  isForeignMediaType,
  isJsonMediaType,
  isMediaType,
  mediaTypes,
  parseMediaType,
} from '../../src/domain/media-type.ts'
import { refuses } from './refusal.ts'

const json = parseMediaType('application/json')

describe('media type', () => {
  it('is lower case, without parameters, whatever stands around it', () => {
    for (const type of Object.values(mediaTypes)) {
      assert.equal(parseMediaType(type), type)
      assert.equal(parseMediaType(` ${type.toUpperCase()} ; charset=utf-8`), type)
    }
  })

  it('parses to what parses to itself', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aZ1/+.-_!#$&^;= "'), maxLength: 12 })
    fc.assert(
      fc.property(text, (candidate) => {
        if (isMediaType(candidate)) {
          assert.equal(parseMediaType(parseMediaType(candidate)), parseMediaType(candidate))
        } else refuses(() => parseMediaType(candidate), 'parameter-invalid', /type\/subtype/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('has the form and the lengths of RFC 6838', () => {
    for (const text of [
      '',
      '/',
      'a/',
      '/b',
      'a',
      'a/b/c',
      '-a/b',
      'a b/c',
      'a/b\n;',
      'a/b;c=\u0000',
      'a/b;c=ä',
      `${'a'.repeat(128)}/b`,
      'ä/b',
    ]) {
      assert.equal(isMediaType(text), false, JSON.stringify(text))
    }
    assert.equal(isMediaType(`${'a'.repeat(127)}/${'b'.repeat(127)}`), true)
    refuses(() => parseMediaType('json', 'artifactType'), 'parameter-invalid', /invalid artifactType/)
  })

  it('knows JSON, and layers whose bytes are elsewhere', () => {
    assert.equal(isJsonMediaType(json), true)
    assert.equal(isJsonMediaType(mediaTypes.ociManifest), true)
    assert.equal(isJsonMediaType(parseMediaType('text/plain')), false)
    for (const [type, foreign] of [
      ['application/vnd.oci.image.layer.nondistributable.v1.tar', true],
      ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', true],
      ['application/vnd.oci.image.layer.nondistributable.v1.tar+zstd', true],
      ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', true],
      ['application/vnd.docker.image.rootfs.foreign.diff.tarball', false],
      ['application/vnd.oci.image.layer.v1.tar+gzip', false],
      ['not a type', false],
    ] as const) {
      assert.equal(isForeignMediaType(type), foreign, type)
    }
  })
})

describe('accept', () => {
  it('takes everything where nothing is said', () => {
    for (const accept of [undefined, '', '  ', 'text/html,'.repeat(2_000)])
      assert.equal(acceptsMediaType(accept, json), true)
  })

  it('lets the most exact range decide', () => {
    for (const [accept, expected] of [
      ['*/*', true],
      ['application/*', true],
      ['text/*', false],
      ['application/json', true],
      ['APPLICATION/JSON', true],
      ['text/html, application/json;q=0.1', true],
      ['application/json;q=0', false],
      ['application/json;q=0.000, */*', false],
      ['*/*;q=0, application/json', true],
      ['application/*;q=0, */*', false],
      ['application/json;Q=0', false],
      ['application/json;v="a,b";q=0', false],
      ['application/json;v="q=0"', true],
      ['application/json;q=0, application/json', true],
      [',,application/json,', true],
      ['nonsense', false],
    ] as const) {
      assert.equal(acceptsMediaType(accept, json), expected, accept)
    }
  })

  it('keeps what is quoted together', () => {
    assert.deepEqual(splitHeader('a, "b,c" ,, d;"\\",";e', ','), ['a', '"b,c"', 'd;"\\",";e'])
    assert.deepEqual(splitHeader('a; b="x;y"', ';'), ['a', 'b="x;y"'])
    assert.deepEqual(splitHeader('"never closed, a', ','), ['"never closed, a'])
    assert.deepEqual(splitHeader('"ends in \\', ','), ['"ends in \\'])
  })
})
