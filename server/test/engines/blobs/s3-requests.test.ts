import assert from 'node:assert/strict'
import dns from 'node:dns'
import { after, before, mock, test } from 'node:test'
import { openS3Blobs, type S3BlobsOptions } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import { bodyOf, bytesOf, calm, digestOf } from '../../../src/ports/blobs/suite/content.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { callOf, type Seen, startFront } from './s3-front.ts'
import { optionsOn, partBytes } from './s3-harness.ts'

const { skip } = s3ServerTool
let server: S3Server

before(async () => {
  if (skip === false) server = await startS3Server({ domain: 's3.test' })
})
after(async () => await server?.[Symbol.asyncDispose]())

/** What a small and a large push ask for. */
async function requestsOf(more: Partial<S3BlobsOptions>, host?: string): Promise<readonly Seen[]> {
  await using front = await startFront(server)
  const endpoint = host === undefined ? front.endpoint : `http://${host}:${front.port}`
  const blobs = await openS3Blobs(optionsOn(server, await server.bucket(), { endpoint, partBytes, ...more }))
  for (const length of [1000, partBytes + 1000]) {
    const [content, file] = [bytesOf(length), blobs.name()]
    await blobs.append(file, 0, bodyOf(content, 100_000), calm)
    await blobs.seal(file, digestOf(content), calm)
  }
  await blobs.close()
  return front.seen
}

const which = (seen: readonly Seen[], ...calls: string[]): readonly Seen[] => {
  const found = seen.filter((one) => calls.includes(callOf(one)))
  assert.ok(found.length > 0, `no ${calls.join()}`)
  return found
}

test('S3 is told the checksum of all bytes that it gets, and what an object must not replace', {
  skip,
}, async () => {
  const seen = await requestsOf({})
  for (const { headers } of which(seen, 'put', 'part')) {
    assert.match(String(headers['x-amz-checksum-crc32']), /^[A-Za-z0-9+/]{6}==$/)
    assert.match(String(headers.authorization), /SignedHeaders=[^,]*x-amz-checksum-crc32/)
  }
  for (const { headers } of which(seen, 'begin')) assert.equal(headers['x-amz-checksum-algorithm'], 'CRC32')
  for (const { headers } of which(seen, 'complete')) assert.equal(headers['if-none-match'], '*')
  const puts = which(seen, 'put').filter(({ url }) => !url.includes('/probes/'))
  for (const { headers } of puts)
    assert.ok(headers['if-none-match'] === '*' || headers['if-match'] !== undefined)
  for (const { url } of seen) assert.match(url, /^\/bucket-\d+(\/some\/where\/(blobs|tails|probes)\/|\/?\?)/)
})

test('what is encrypted and how is said wherever an object begins, and nowhere else', { skip }, async () => {
  const modes = [
    { sse: { mode: 'AES256' }, expected: ['AES256', undefined] },
    { sse: { mode: 'aws:kms' }, expected: ['aws:kms', undefined] },
    { sse: { mode: 'aws:kms', kmsKeyId: 'a-key' }, expected: ['aws:kms', 'a-key'] },
    { sse: undefined, expected: [undefined, undefined] },
  ] as const
  for (const { sse, expected } of modes) {
    const seen = await requestsOf(sse === undefined ? {} : { sse })
    const said = ({ headers }: Seen): unknown[] => [
      headers['x-amz-server-side-encryption'],
      headers['x-amz-server-side-encryption-aws-kms-key-id'],
    ]
    for (const one of which(seen, 'put', 'begin')) assert.deepEqual(said(one), expected)
    for (const one of which(seen, 'part', 'complete', 'head'))
      assert.deepEqual(said(one), [undefined, undefined])
  }
})

test('the bucket’s name is in the host where it is not in the path', { skip }, async () => {
  const look = dns.lookup
  const local = mock.method(dns, 'lookup', ((host: string, ...rest: unknown[]) =>
    Reflect.apply(look, dns, [host.endsWith('.s3.test') ? '127.0.0.1' : host, ...rest])) as typeof dns.lookup)
  try {
    const seen = await requestsOf({ pathStyle: false }, 's3.test')
    for (const { url, headers } of seen) {
      assert.match(String(headers.host), /^bucket-\d+\.s3\.test:\d+$/)
      assert.match(url, /^\/(some\/where\/(blobs|tails|probes)\/|\?)/)
    }
    assert.ok(seen.length > 10)
  } finally {
    local.mock.restore()
  }
})

test('a link is good for one file and its time, where clients reach S3', { skip }, async () => {
  await using front = await startFront(server)
  const blobs = await openS3Blobs(
    optionsOn(server, await server.bucket(), { redirect: true, redirectEndpoint: front.endpoint }),
  )
  assert.equal(blobs.can.redirect, true)
  const [content, other] = [bytesOf(100_000), bytesOf(50)]
  const files = []
  for (const each of [content, other]) {
    const file = blobs.name()
    await blobs.append(file, 0, bodyOf(each), calm)
    await blobs.seal(file, digestOf(each), calm)
    files.push(file)
  }
  const [first, second] = files
  assert.ok(first !== undefined && second !== undefined && blobs.redirect)
  const link = await blobs.redirect(first, 60_000)
  assert.equal(link.origin, front.endpoint)
  assert.equal(link.searchParams.get('X-Amz-Expires'), '60')
  const answer = await fetch(link)
  assert.equal(answer.status, 200)
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), content)
  const part = await fetch(link, { headers: { range: 'bytes=10-19' } })
  assert.deepEqual([part.status, new Uint8Array(await part.arrayBuffer())], [206, content.subarray(10, 20)])
  const tampered = [new URL(link), new URL(link), new URL(link)] as const
  tampered[0].pathname = tampered[0].pathname.replace(first, second)
  tampered[1].searchParams.set('X-Amz-Expires', '600000')
  tampered[2].searchParams.set('X-Amz-Signature', 'f'.repeat(64))
  for (const each of tampered) {
    const refused = await fetch(each)
    assert.equal(refused.status, 403)
    await refused.arrayBuffer()
  }
  await blobs.close()
})

test('without being asked to there are no links', { skip }, async () => {
  const blobs = await openS3Blobs(optionsOn(server, await server.bucket()))
  assert.deepEqual([blobs.can.redirect, blobs.redirect], [false, undefined])
  await blobs.close()
})
