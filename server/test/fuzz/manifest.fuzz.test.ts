import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isDigest } from '../../src/domain/digest.ts'
import { isRegistryError } from '../../src/domain/error.ts'
import { defaultManifestLimits, parseManifest } from '../../src/domain/manifest.ts'
import { mediaTypes } from '../../src/domain/media-type.ts'
import { fuzz } from './fuzz.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const emptyDigest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
const layer = {
  mediaType: 'application/vnd.oci.image.layer.v1.tar',
  digest,
  size: 7,
  urls: ['https://a.example/'],
}
const config = { mediaType: mediaTypes.ociEmpty, digest: emptyDigest, size: 2, data: 'e30=' }
const image = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer], subject: layer }
const index = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests: [{ ...layer, platform: { os: 'linux', 'os.features': ['a'] } }],
  annotations: { a: 'b' },
}
const artifact = { mediaType: mediaTypes.ociArtifact, artifactType: 'a/b', blobs: [layer] }

/** One text for both arguments: the Content-Type, or nothing, on the first line, and the body after it. */
const message = (type: string, body: unknown): string => `${type}\n${JSON.stringify(body)}`

const json = fc.jsonValue({ maxDepth: 2 })
const value = fc.oneof(
  json,
  fc.constantFrom<unknown>(
    layer,
    config,
    [layer],
    [layer, layer],
    [config, layer],
    [null],
    {},
    [],
    null,
    '',
    -1,
    2 ** 53,
  ),
)
const members = fc.constantFrom(
  ...['schemaVersion', 'mediaType', 'artifactType', 'config', 'layers', 'blobs', 'manifests', 'subject'],
  ...['annotations', '__proto__', 'constructor', 'toString', 'digest', 'size', 'data', 'urls', 'platform'],
)
const types = fc.constantFrom('', 'application/json', 'text/plain', ...Object.values(mediaTypes))

/** Documents with some members exchanged, of themselves and of their descriptors. */
const documents = fc
  .tuple(
    types,
    fc.constantFrom(image, index, artifact, {}),
    fc.array(fc.tuple(members, value), { maxLength: 3 }),
    fc.boolean(),
  )
  .map(([type, document, changes, deep]) => {
    const changed = Object.fromEntries(changes)
    return message(
      type,
      deep ? { ...document, config: { ...config, ...changed } } : { ...document, ...changed },
    )
  })

fuzz({
  name: 'manifest',
  seeds: [
    message(mediaTypes.ociManifest, image),
    message(mediaTypes.ociIndex, index),
    message('', artifact),
    message('application/json', { layers: 3 }),
    message('text/plain', 'anything'),
  ],
  tokens: [
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '{"a":',
    '[[',
    'null',
    '1e999',
    '"layers":',
    '"config":',
    '\n',
    digest,
    'text/plain\n',
  ],
  more: documents,
  read(text) {
    const lineEnd = text.indexOf('\n')
    const type = text.slice(0, Math.max(lineEnd, 0))
    const contentType = type === '' ? undefined : type
    const body = text.slice(lineEnd + 1)
    readBytes(Buffer.from(body, 'latin1'), contentType)
    const manifest = parseManifest(new TextEncoder().encode(body), contentType)
    assert.ok(manifest.links.length <= defaultManifestLimits.links)
    const named = [manifest.config, ...manifest.layers, ...manifest.manifests].filter(
      (item) => item !== undefined,
    )
    assert.deepEqual(
      new Set(manifest.links.map((link) => link.digest)),
      new Set(named.map((descriptor) => descriptor.digest)),
    )
    for (const link of manifest.links) assert.ok(isDigest(link.digest) && Number.isSafeInteger(link.size))
    for (const note of Object.values(manifest.annotations)) assert.equal(typeof note, 'string')
    assert.equal(Reflect.get({}, 'digest'), undefined)
    return true
  },
})

/** Of bytes that may be no UTF-8, only that they are refused in the same way, if at all. */
function readBytes(bytes: Uint8Array, contentType: string | undefined): void {
  try {
    parseManifest(bytes, contentType)
  } catch (error) {
    if (!isRegistryError(error)) throw error
  }
}
