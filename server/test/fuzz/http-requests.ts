import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { mediaTypes } from '../../src/domain/media-type.ts'
import { anyCharacter } from '../kit/any-character.ts'

/** How the body's length is told; all but `length` and `chunked` are lies. */
export const framings = [
  'length',
  'chunked',
  'short',
  'long',
  'both',
  'huge',
  'negative',
  'broken-chunk',
] as const
export type Framing = (typeof framings)[number]

/**
 * One request as it goes over the wire, but for names in braces, which stand for what the registry knows: see `named`
 * for those that are fixed. `{upload}` is an open upload's id, `{range}` the Content-Range that continues it;
 * in a body, `{large}` is that content.
 */
export interface FuzzRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly framing: Framing
}

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

export const small = 'a small layer'
/** Too large to stand in the store. */
export const large: string = 'a large layer '.repeat(7_000)
const empty = '{}'
const descriptor = (mediaType: string, text: string): object => ({
  mediaType,
  digest: digestOf(text),
  size: text.length,
})
const layer = descriptor('application/vnd.oci.image.layer.v1.tar', small)
export const image: string = JSON.stringify({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: descriptor(mediaTypes.ociEmpty, empty),
  layers: [layer, descriptor('application/vnd.oci.image.layer.v1.tar', large)],
})
const index = JSON.stringify({
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests: [descriptor(mediaTypes.ociManifest, image)],
  annotations: { a: 'b' },
})
const referrer = JSON.stringify({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  artifactType: 'application/vnd.acme.note',
  config: descriptor(mediaTypes.ociEmpty, empty),
  layers: [],
  subject: descriptor(mediaTypes.ociManifest, image),
})

/** What the names in braces stand for, in targets and headers. */
export const named: Readonly<Record<string, string>> = {
  small: digestOf(small),
  large: digestOf(large),
  empty: digestOf(empty),
  image: digestOf(image),
  index: digestOf(index),
  referrer: digestOf(referrer),
  missing: digestOf('nobody pushed this'),
  sha512: `sha512:${createHash('sha512').update(small).digest('hex')}`,
}

const seed = (
  method: string,
  target: string,
  body = '',
  ...headers: readonly (readonly [string, string])[]
): FuzzRequest => ({ method, target, headers, body, framing: 'length' })

const json = (type: string): readonly [string, string] => ['Content-Type', type]
const repository = '/v2/acme/app'

/** Requests that a client could mean; in this order they fill a registry. */
export const seeds: readonly FuzzRequest[] = [
  seed('POST', `${repository}/blobs/uploads/?digest={small}`, small),
  seed('POST', `${repository}/blobs/uploads/?digest={empty}`, empty),
  seed('POST', `${repository}/blobs/uploads/?digest={large}`, '{large}'),
  seed('PUT', `${repository}/manifests/v1`, image, json(mediaTypes.ociManifest)),
  seed('PUT', `${repository}/manifests/all`, index, json(mediaTypes.ociIndex)),
  seed('PUT', `${repository}/manifests/{referrer}`, referrer, json(mediaTypes.ociManifest)),
  seed('PUT', `${repository}/manifests/{image}?tag=v2&tag=v3`, image, json(mediaTypes.ociManifest)),
  seed('PUT', `${repository}/manifests/v1`, image, json(mediaTypes.ociManifest), ['If-Match', '"{image}"']),
  seed('PUT', `${repository}/manifests/v4`, image, json(mediaTypes.ociManifest), ['If-None-Match', '*']),
  seed('PUT', `${repository}/manifests/text`, 'anything', json('text/plain')),
  seed('GET', '/v2/'),
  seed('GET', '/v2/_catalog?n=1&last=acme/a'),
  seed('POST', `${repository}/blobs/uploads/`),
  seed('POST', `${repository}/blobs/uploads/?mount={small}&from=acme/app`),
  seed('POST', '/v2/acme/other/blobs/uploads/?mount={large}'),
  seed('POST', `${repository}/blobs/uploads/?digest-algorithm=sha512`),
  seed('PATCH', `${repository}/blobs/uploads/{upload}`, 'some bytes', ['Content-Range', '{range}']),
  seed('PATCH', `${repository}/blobs/uploads/{upload}`, '{large}'),
  seed('DELETE', `${repository}/blobs/uploads/{upload}`),
  seed('PUT', `${repository}/blobs/uploads/{upload}?digest={small}`, small),
  seed('PUT', `${repository}/blobs/uploads/{upload}?digest={sha512}`, small),
  seed('GET', `${repository}/blobs/uploads/{upload}`),
  seed('GET', `${repository}/blobs/{small}`, '', ['Range', 'bytes=0-3']),
  seed('GET', `${repository}/blobs/{large}`, '', ['Range', 'bytes=-5'], ['If-Range', '"{large}"']),
  seed('HEAD', `${repository}/blobs/{large}`),
  seed('GET', `${repository}/blobs/{missing}`, '', ['If-None-Match', '"{missing}"']),
  seed('DELETE', `${repository}/blobs/{sha512}`),
  seed('GET', `${repository}/manifests/v1`, '', ['Accept', mediaTypes.ociManifest]),
  seed('HEAD', `${repository}/manifests/{image}`, '', ['If-None-Match', 'W/"{image}"']),
  seed('GET', `${repository}/manifests/v1?at=2026-01-01T00:00:00Z`),
  seed('DELETE', `${repository}/manifests/v1`),
  seed('DELETE', `${repository}/manifests/{index}`, '', ['If-Match', '"{index}"']),
  seed('DELETE', `${repository}/manifests/{image}`),
  seed('GET', `${repository}/tags/list?n=2&last=v1`),
  seed('GET', `${repository}/referrers/{image}?artifactType=application/vnd.acme.note&n=1`),
  seed('GET', `${repository}/_lading/tags/v1/history?n=2&last=1`),
  seed('GET', '/healthz'),
  seed('GET', '/readyz'),
  seed('GET', '/?last=acme/a'),
  seed('GET', '/?q=app&kind=image&sort=name'),
  seed(
    'GET',
    '/api/v1/search?q="app"+-note+kind:image&facets=all&createdFrom=2026-01-01&limit=2&explain=true',
  ),
  seed('GET', '/api/v1/suggest?q=ap&limit=3'),
  seed('GET', '/r/acme/app', '', ['Authorization', basic('ada:right')]),
]

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials, 'latin1').toString('base64')}`
}

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'QUERY',
  'get',
  'FOO',
  '',
]

const targetTokens = [
  ...[
    '/',
    '//',
    '..',
    '/../',
    '/./',
    '%2f',
    '%2F',
    '%00',
    '%ff',
    '%ED%A0%80',
    '%',
    '%zz',
    '%E2%80%AE',
    '%0d%0a',
  ],
  ...[
    '?',
    '&',
    '=',
    '#',
    '+',
    ';',
    '*',
    ' ',
    '\\',
    '"',
    '<script>',
    'é',
    '🙂',
    '\ud800',
    '\0',
    '\t',
    '~',
    '@',
    ':',
  ],
  ...[
    'acme',
    'A',
    '_',
    '__',
    '-',
    '.',
    'sha256:',
    'sha512:',
    'sha256:zz',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...[
    '/manifests/',
    '/blobs/',
    '/uploads/',
    '/blobs/uploads/',
    '/referrers/',
    '/tags/list',
    '/_lading/tags/',
  ],
  ...[
    '/history',
    '/_catalog',
    'v2',
    'npm',
    'model',
    'http://a.example/v2/',
    'n=0',
    'n=-1',
    'n=1e9',
    'n=99999999999',
  ],
  ...[
    'last=',
    'last=%00',
    'last=%ff',
    'at=',
    'at=now',
    'at=9999-12-31T23:59:59Z',
    'tag=',
    'tag=v9',
    'mount=',
    'from=',
  ],
  ...[
    'digest=',
    'artifactType=',
    'digest-algorithm=md5',
    '{small}',
    '{large}',
    '{image}',
    '{missing}',
    '{upload}',
  ],
  ...['a'.repeat(130), 'a'.repeat(300), 'a/'.repeat(120), '9'.repeat(20), 'a'.repeat(20_000)],
]

const headerValues: Readonly<Record<string, readonly string[]>> = {
  Range: [
    'bytes=0-3',
    'bytes=5-',
    'bytes=-5',
    'bytes=-0',
    'bytes=99999999-',
    'bytes=0-0,2-3',
    'items=0-1',
    'bytes=',
  ].concat('bytes=9007199254740993-', 'bytes=3-0', 'bytes=a-b'),
  'Content-Range': [
    '{range}',
    '0-0',
    '0-9',
    '5-2',
    'bytes 0-9/10',
    'bytes */10',
    '-1-3',
    '0-9007199254740991',
  ].concat('9007199254740990-9007199254740993', 'x'),
  'If-Match': ['*', '"{image}"', 'W/"{image}"', '{image}', '"', '""', ',,,', '"a", *', '"a'],
  'If-None-Match': ['*', '"{image}"', 'W/"{small}"', '"', '""', ',,,', '"a", "{small}"'],
  'If-Range': ['"{small}"', '"', 'Wed, 21 Oct 2026 07:28:00 GMT'],
  Accept: ['*/*', mediaTypes.ociIndex, '*/*;q=0', 'text/html', ',,;;', 'a'.repeat(5_000)],
  Authorization: [
    'ada:right',
    'ada:wrong',
    'nobody:x',
    ':',
    'nocolon',
    '\0:\0',
    '\xff\xfe:x',
    `${'a'.repeat(4_000)}:b`,
  ]
    .map(basic)
    .concat('Basic', 'Basic !!!', 'Bearer x', 'basic =', 'Negotiate', '"'),
  'Content-Type': [
    mediaTypes.ociManifest,
    mediaTypes.ociIndex,
    mediaTypes.dockerManifest,
    'application/json',
  ].concat(
    'text/html',
    'application/json; charset="',
    '/',
    'a/b;;;',
    `a/${'b'.repeat(300)}`,
    mediaTypes.dockerSchema1,
  ),
  'X-Request-Id': ['mine-1', 'a b', '<script>', 'a'.repeat(129), 'é', '%00'],
  Host: ['a.example', '<script>', '[::1]:80', 'a'.repeat(300), '"', 'a b'],
  Expect: ['100-continue', '200-ok'],
  'Content-Encoding': ['gzip'],
  'Transfer-Encoding': ['gzip', 'chunked, gzip', 'identity', ' chunked'],
  Upgrade: ['h2c', 'websocket'],
  __proto__x: ['1'],
  'Bad Name': ['1'],
  Cookie: ['a'.repeat(20_000)],
}
const headerNames = Object.keys(headerValues)

const bodyTokens = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '\\u0000',
    '\\ud800',
    'null',
    'true',
    '-0',
    '1e999',
    '9007199254740993',
  ],
  ...[
    '"__proto__":{"digest":"x"},',
    '"constructor":1,',
    '"schemaVersion":2,',
    '"schemaVersion":1,',
    '"layers":[],',
  ],
  ...[
    '"config":',
    '"layers":',
    '"manifests":[],',
    '"subject":{},',
    '"subject":null,',
    '"annotations":{"a":1},',
  ],
  ...[
    '"mediaType":"text/plain",',
    '"artifactType":"<script>",',
    '"size":-1,',
    '"size":1.5,',
    '"urls":[1],',
    '"data":"e30="',
  ],
  ...['[['.repeat(5_000), '{"a":'.repeat(5_000), 'é', '🙂', '\0', '\ufeff', named['missing'] ?? ''],
]

const place = fc.nat({ max: 100_000 })
type Edit = (request: FuzzRequest) => FuzzRequest

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: anyCharacter, maxLength: 10 }).map((chars) => chars.replaceAll(/[\r\n]/g, ' ')),
)

function put(into: string, at: number, length: number, token: string): string {
  const start = at % (into.length + 1)
  return into.slice(0, start) + token + into.slice(start + length)
}

const edited = (member: 'target' | 'body', tokens: readonly string[]): fc.Arbitrary<Edit> =>
  fc
    .tuple(place, fc.nat({ max: 4 }), fc.oneof({ arbitrary: fc.constantFrom(...tokens), weight: 9 }, text))
    .map(([at, length, token]) => (request) => ({
      ...request,
      [member]: put(request[member], at, length, token),
    }))

/** Often behind the path, where a query is wanted. */
const asked: fc.Arbitrary<Edit> = fc.constantFrom(...targetTokens).map((token) => (request) => ({
  ...request,
  target: `${request.target}${request.target.includes('?') ? '&' : '?'}${token}`,
}))

const headed: fc.Arbitrary<Edit> = fc
  .constantFrom(...headerNames)
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof({ arbitrary: fc.constantFrom(...(headerValues[name] ?? [''])), weight: 9 }, text),
    ),
  )
  .map((header) => (request) => ({ ...request, headers: [...request.headers, header] }))

const edits: fc.Arbitrary<Edit> = fc.oneof(
  { arbitrary: edited('target', targetTokens), weight: 6 },
  { arbitrary: asked, weight: 2 },
  { arbitrary: headed, weight: 6 },
  { arbitrary: edited('body', bodyTokens), weight: 4 },
  {
    arbitrary: fc.constantFrom(...methods).map(
      (method): Edit =>
        (request) => ({ ...request, method }),
    ),
    weight: 2,
  },
  {
    arbitrary: fc.constantFrom(...framings).map(
      (framing): Edit =>
        (request) => ({ ...request, framing }),
    ),
    weight: 1,
  },
)

/** A seed with none to four things changed. */
export const requests: fc.Arbitrary<FuzzRequest> = fc
  .tuple(fc.constantFrom(...seeds), fc.array(edits, { maxLength: 4 }))
  .map(([request, changes]) => changes.reduce((changed, edit) => edit(changed), request))
