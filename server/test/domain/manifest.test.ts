import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '../../src/domain/digest-of.ts'
import { defaultManifestLimits, type Manifest, parseManifest } from '../../src/domain/manifest.ts'
import { mediaTypes } from '../../src/domain/media-type.ts'
import { refuses } from './refusal.ts'

const encoder = new TextEncoder()
const bytesOf = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value))
const read = (value: unknown, type: string | undefined): Manifest => parseManifest(bytesOf(value), type)

const digestA = digestOf(encoder.encode('a'))
const digestB = digestOf(encoder.encode('bb'), 'sha512')
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
const emptyDigest = digestOf(encoder.encode('{}'))
const empty = { mediaType: mediaTypes.ociEmpty, digest: emptyDigest, size: 2, data: 'e30=' }
const layerA = { mediaType: layerType, digest: digestA, size: 1 }
const layerB = { mediaType: layerType, digest: digestB, size: 2 }
const image = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: empty,
  layers: [layerA, layerB],
}
const index = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests: [{ mediaType: mediaTypes.ociManifest, digest: digestA, size: 1 }],
}
const { data: _, ...emptyDescriptor } = empty

describe('image manifest', () => {
  it('is read whole', () => {
    const subject = { mediaType: mediaTypes.ociManifest, digest: digestB, size: 2 }
    const annotations = { 'org.opencontainers.image.title': 'Ünï', ['__proto__']: 'harmless' }
    assert.deepEqual(read({ ...image, subject, annotations }, mediaTypes.ociManifest), {
      mediaType: mediaTypes.ociManifest,
      artifactType: mediaTypes.ociEmpty,
      config: emptyDescriptor,
      layers: [layerA, layerB],
      manifests: [],
      subject,
      annotations,
      links: [
        { role: 'config', digest: emptyDigest, size: 2, mediaType: mediaTypes.ociEmpty, foreign: false },
        { role: 'layer', digest: digestA, size: 1, mediaType: layerType, foreign: false },
        { role: 'layer', digest: digestB, size: 2, mediaType: layerType, foreign: false },
      ],
    })
  })

  it('reads the same of Docker, with its own media types', () => {
    const docker = {
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: { mediaType: mediaTypes.dockerConfig, digest: digestA, size: 1 },
      layers: [],
    }
    const manifest = read(docker, mediaTypes.dockerManifest)
    assert.equal(manifest.mediaType, mediaTypes.dockerManifest)
    assert.equal(manifest.artifactType, mediaTypes.dockerConfig)
    assert.deepEqual(
      manifest.links.map((link) => link.role),
      ['config'],
    )
  })

  it('takes null and nothing for no layers, as Go writes them', () => {
    const { layers: _layers, ...none } = image
    for (const value of [{ ...image, layers: null, subject: null, annotations: null }, none]) {
      const manifest = read(value, mediaTypes.ociManifest)
      assert.deepEqual(manifest.layers, [])
      assert.equal('subject' in manifest, false)
      assert.deepEqual(manifest.annotations, {})
    }
  })

  it('says its artifact type, and else that of its config', () => {
    assert.equal(read({ ...image, artifactType: 'text/a' }, undefined).artifactType, 'text/a')
    assert.equal(read({ ...image, artifactType: '' }, undefined).artifactType, mediaTypes.ociEmpty)
    assert.equal(read(image, undefined).artifactType, mediaTypes.ociEmpty)
  })

  it('links a digest once as a blob, and once more as a manifest', () => {
    const twice = read({ ...image, layers: [layerA, empty, layerA] }, undefined)
    assert.deepEqual(
      twice.links.map((link) => [link.role, link.digest]),
      [
        ['config', emptyDigest],
        ['layer', digestA],
      ],
    )
    assert.equal(twice.layers.length, 3)
    refuses(
      () => read({ ...image, layers: [layerA, { ...layerA, size: 9 }] }, undefined),
      'manifest-invalid',
      /layers\[1\]\.size is 9 where the same digest has 1/,
    )
  })

  it('marks what is to be had elsewhere, unless it is also named as being here', () => {
    const foreignType = 'application/vnd.oci.image.layer.nondistributable.v1.tar'
    const foreign = (layers: unknown[]): boolean | undefined =>
      read({ ...image, layers }, undefined).links.find((link) => link.digest === digestA)?.foreign
    assert.equal(foreign([layerA]), false)
    assert.equal(foreign([{ ...layerA, mediaType: foreignType }]), true)
    assert.equal(foreign([{ ...layerA, urls: ['https://example.org/a'] }]), true)
    assert.equal(foreign([{ ...layerA, urls: [] }]), false)
    assert.equal(foreign([{ ...layerA, mediaType: foreignType }, layerA]), false)
  })

  it('believes embedded content only if it is that content', () => {
    const withData = (data: unknown): Manifest => read({ ...image, config: { ...empty, data } }, undefined)
    assert.deepEqual(withData('e30=').config, emptyDescriptor)
    refuses(() => withData('e30'), 'manifest-invalid', /config\.data is not base64/)
    refuses(() => withData('e3 ='), 'manifest-invalid', /config\.data is not base64/)
    refuses(() => withData(1), 'manifest-invalid', /config\.data is not base64/)
    refuses(() => withData('e30K'), 'manifest-invalid', /config\.data has 3 bytes where size says 2/)
    refuses(() => withData('W10='), 'manifest-invalid', /config\.data does not have the digest/)
  })

  it('names the member that is wrong', () => {
    for (const [change, says] of [
      [{ schemaVersion: 1 }, /schemaVersion is not 2/],
      [{ config: undefined }, /config is missing/],
      [{ config: [] }, /config is not an object/],
      [{ layers: {} }, /layers is not a list/],
      [{ layers: [layerA, 'x'] }, /layers\[1\] is not an object/],
      [{ layers: [{ ...layerA, digest: 'sha256:x' }] }, /layers\[0\]\.digest is not a digest/],
      [{ layers: [{ ...layerA, digest: 5 }] }, /layers\[0\]\.digest is not a string/],
      [{ layers: [{ ...layerA, size: -1 }] }, /layers\[0\]\.size is not a whole number/],
      [{ layers: [{ ...layerA, size: 1.5 }] }, /layers\[0\]\.size/],
      [{ layers: [{ ...layerA, size: '1' }] }, /layers\[0\]\.size/],
      [{ layers: [{ ...layerA, size: 2 ** 53 }] }, /layers\[0\]\.size/],
      [{ layers: [{ ...layerA, mediaType: undefined }] }, /layers\[0\]\.mediaType is not a string/],
      [{ layers: [{ ...layerA, mediaType: 'gzip' }] }, /layers\[0\]\.mediaType is not of the form/],
      [{ layers: [{ ...layerA, mediaType: `a/b;${'c'.repeat(300)}` }] }, /mediaType is longer than 255/],
      [{ layers: [{ ...layerA, urls: 'x' }] }, /layers\[0\]\.urls is not a list of strings/],
      [{ layers: [{ ...layerA, annotations: { a: 1 } }] }, /layers\[0\]\.annotations\["a"\] is not a string/],
      [{ subject: { digest: digestA } }, /subject\.size/],
      [{ annotations: [] }, /annotations is not an object/],
      [{ artifactType: 'x' }, /artifactType is not of the form/],
      [{ manifests: [] }, /manifests does not belong/],
      [{ mediaType: 5 }, /mediaType is not a string/],
      [{ mediaType: mediaTypes.ociIndex }, /mediaType is .*index.*, but Content-Type is .*manifest/],
    ] as const) {
      refuses(() => read({ ...image, ...change }, mediaTypes.ociManifest), 'manifest-invalid', says)
    }
  })
})

describe('index', () => {
  it('links manifests, nested indexes too, with their platforms', () => {
    const platform = {
      architecture: 'arm',
      os: 'linux',
      variant: 'v7',
      'os.version': '1',
      'os.features': ['a'],
    }
    const manifests = [
      { mediaType: mediaTypes.ociManifest, digest: digestA, size: 1, platform },
      { mediaType: mediaTypes.ociIndex, digest: digestB, size: 2, artifactType: 'text/a' },
    ]
    for (const mediaType of [mediaTypes.ociIndex, mediaTypes.dockerManifestList]) {
      const found = read({ ...index, mediaType, manifests }, mediaType)
      assert.equal(found.artifactType, undefined)
      assert.deepEqual(found.manifests[0]?.platform, {
        architecture: 'arm',
        os: 'linux',
        variant: 'v7',
        osVersion: '1',
        osFeatures: ['a'],
      })
      assert.equal(found.manifests[1]?.artifactType, 'text/a')
      assert.deepEqual(
        found.links.map((link) => [link.role, link.digest]),
        [
          ['manifest', digestA],
          ['manifest', digestB],
        ],
      )
    }
  })

  it('may be empty and may have a subject and a type', () => {
    const found = read({ ...index, manifests: null, artifactType: 'text/b', subject: layerA }, undefined)
    assert.equal(found.artifactType, 'text/b')
    assert.deepEqual(found.subject, layerA)
    assert.deepEqual(found.links, [])
  })

  it('is not an image as well, and its platforms are objects', () => {
    refuses(() => read({ ...index, layers: [] }, undefined), 'manifest-invalid', /layers does not belong/)
    refuses(() => read({ ...index, config: empty }, undefined), 'manifest-invalid', /config does not belong/)
    const withPlatform = (platform: unknown): unknown => ({ ...index, manifests: [{ ...layerA, platform }] })
    refuses(
      () => read(withPlatform('x'), undefined),
      'manifest-invalid',
      /manifests\[0\]\.platform is not an/,
    )
    refuses(() => read(withPlatform({ os: 1 }), undefined), 'manifest-invalid', /platform\["os"\] is not/)
    refuses(() => read(withPlatform({ 'os.features': 1 }), undefined), 'manifest-invalid', /os\.features/)
  })
})

describe('other media types', () => {
  it('reads the blobs of an artifact manifest', () => {
    const artifact = { mediaType: mediaTypes.ociArtifact, artifactType: 'text/a', blobs: [layerA] }
    const found = read(artifact, mediaTypes.ociArtifact)
    assert.equal(found.artifactType, 'text/a')
    assert.deepEqual(found.layers, [layerA])
    assert.deepEqual(
      found.links.map((link) => link.role),
      ['layer'],
    )
    refuses(() => read({ ...artifact, layers: [] }, undefined), 'manifest-invalid', /layers does not belong/)
  })

  it('finds links in a type it does not know where they are well-formed', () => {
    const type = 'application/vnd.example.thing+json'
    const found = read({ config: empty, layers: [layerA], subject: layerB, more: { deep: [1] } }, type)
    assert.equal(found.mediaType, type)
    assert.deepEqual(
      found.links.map((link) => link.role),
      ['config', 'layer'],
    )
    assert.deepEqual(found.subject, layerB)
  })

  it('takes members of the same name that mean something else for what they are', () => {
    const own = { config: { debug: true }, layers: 3, annotations: { a: 'b' }, artifactType: 'text/a' }
    assert.deepEqual(read(own, 'application/json'), {
      mediaType: 'application/json',
      artifactType: 'text/a',
      layers: [],
      manifests: [],
      annotations: { a: 'b' },
      links: [],
    })
    const odd = read({ ...own, annotations: [], artifactType: 7, subject: layerA }, 'application/json')
    assert.deepEqual(odd.annotations, {})
    assert.equal(odd.artifactType, undefined)
    assert.deepEqual(odd.subject, layerA)
  })

  it('keeps what is not JSON as it is, if its type says so', () => {
    for (const bytes of [encoder.encode('# hello'), new Uint8Array([0xff]), encoder.encode('[1]')]) {
      const found = parseManifest(bytes, 'Text/Markdown; charset=utf-8')
      assert.deepEqual(found, {
        mediaType: 'text/markdown',
        artifactType: undefined,
        layers: [],
        manifests: [],
        annotations: {},
        links: [],
      })
      refuses(() => parseManifest(bytes, 'application/json'), 'manifest-invalid', /the body/)
    }
    refuses(() => read(image, 'application/octet-stream'), 'manifest-invalid', /but Content-Type is/)
  })

  it('does not support schema 1, whether header or body says so', () => {
    for (const type of [mediaTypes.dockerSchema1, mediaTypes.dockerSchema1Signed]) {
      refuses(() => read({ schemaVersion: 1 }, type), 'unsupported', /schema 1/)
      refuses(() => read({ schemaVersion: 1, mediaType: type }, undefined), 'unsupported', /schema 1/)
    }
  })
})

describe('manifest bytes', () => {
  it('are told by their shape where nothing else says what they are', () => {
    const { mediaType: _image, ...bareImage } = image
    const { mediaType: _index, ...bareIndex } = index
    assert.equal(read(bareImage, undefined).mediaType, mediaTypes.ociManifest)
    assert.equal(read(bareIndex, undefined).mediaType, mediaTypes.ociIndex)
    assert.equal(read(bareImage, mediaTypes.ociManifest).mediaType, mediaTypes.ociManifest)
    refuses(() => read({}, undefined), 'manifest-invalid', /mediaType is missing, and so is Content-Type/)
    refuses(() => read(image, 'nonsense'), 'manifest-invalid', /Content-Type is not of the form/)
  })

  it('must be one JSON object in UTF-8', () => {
    for (const [body, says] of [
      ['', /not valid JSON/],
      ['[]', /not a JSON object/],
      ['null', /not a JSON object/],
      ['{"a":1} x', /not valid JSON/],
      ["{'a':1}", /not valid JSON/],
      ['\ufeff{}', /not valid JSON/],
    ] as const) {
      refuses(() => parseManifest(encoder.encode(body), 'application/json'), 'manifest-invalid', says)
    }
    const cut = new Uint8Array([0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d])
    refuses(() => parseManifest(cut, 'application/json'), 'manifest-invalid', /not valid UTF-8/)
  })

  it('may repeat a member, and the last counts', () => {
    const body = `{"artifactType":"a/a","artifactType":"b/b"}`
    assert.equal(parseManifest(encoder.encode(body), 'application/json').artifactType, 'b/b')
  })

  it('change no prototype and read nothing from one', () => {
    const body = `{"__proto__":{"artifactType":"a/a","annotations":{"x":"y"}},"constructor":1}`
    const found = parseManifest(encoder.encode(body), 'application/json')
    assert.equal(found.artifactType, undefined)
    assert.deepEqual(found.annotations, {})
    assert.equal(Reflect.get({}, 'artifactType'), undefined)
    const own = parseManifest(encoder.encode('{"annotations":{"__proto__":"x"}}'), 'application/json')
    assert.deepEqual(Object.entries(own.annotations), [['__proto__', 'x']])
    assert.equal(Object.getPrototypeOf(own.annotations), Object.prototype)
  })

  it('are nested no deeper than the limit, counted outside of strings', () => {
    const nested = (depth: number): Uint8Array =>
      encoder.encode(`{"s":"[[[{{{\\"[","a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`)
    const limit = defaultManifestLimits.depth
    assert.equal(parseManifest(nested(limit), 'application/json').links.length, 0)
    refuses(() => parseManifest(nested(limit + 1), 'application/json'), 'manifest-invalid', /deeper than 32/)
  })

  it('name no more content than the limit', () => {
    const layers = (count: number): unknown[] =>
      Array.from({ length: count }, (_, at) => ({ ...layerA, digest: digestOf(encoder.encode(String(at))) }))
    const most = defaultManifestLimits.links - 1
    assert.equal(read({ ...image, layers: layers(most) }, undefined).links.length, most + 1)
    refuses(
      () => read({ ...image, layers: layers(most + 1) }, undefined),
      'manifest-too-many-links',
      /names 401 digests; the limit is 400/,
    )
    refuses(() => read({ layers: layers(500) }, 'application/json'), 'manifest-too-many-links', /500/)
  })

  it('carry no more annotations than the limits, which megabytes of them are within', () => {
    const large = Object.fromEntries(Array.from({ length: 390 }, (_, at) => [`a${at}`, 'A'.repeat(10_000)]))
    assert.equal(Object.keys(read({ ...image, annotations: large }, undefined).annotations).length, 390)
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`a${at}`, '']))
    refuses(
      () => read({ ...image, annotations: many }, undefined),
      'manifest-invalid',
      /more than 1000 members/,
    )
    const limits = { ...defaultManifestLimits, annotations: { count: 9, size: 5 } }
    refuses(
      () => parseManifest(bytesOf({ ...image, annotations: { abc: 'def' } }), undefined, limits),
      'manifest-invalid',
      /annotations is longer than 5/,
    )
  })

  it('give the same links whatever order their members stand in', () => {
    const entries = Object.entries({ ...image, annotations: { a: 'b' }, artifactType: 'a/b' })
    const expected = read(Object.fromEntries(entries), undefined)
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        assert.deepEqual(read(Object.fromEntries(shuffled), undefined), expected)
      }),
    )
  })
})
