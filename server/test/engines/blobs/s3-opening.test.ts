import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { openS3Blobs, type S3BlobsOptions } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import { BlobsError, type BlobsErrorKind } from '../../../src/ports/blobs/errors.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { callOf, pass, type S3Front, startFront } from './s3-front.ts'
import { optionsOn } from './s3-harness.ts'

const { skip } = s3ServerTool
let server: S3Server
let bucket: string

before(async () => {
  if (skip !== false) return
  server = await startS3Server()
  bucket = await server.bucket()
})
after(async () => await server?.[Symbol.asyncDispose]())

async function refusal(more: Partial<S3BlobsOptions>): Promise<{ kind: BlobsErrorKind; says: string }> {
  const options = optionsOn(server, bucket, {
    waits: { attempts: 1, connectMs: 1_000, requestMs: 500 },
    ...more,
  })
  const error = await openS3Blobs(options).then(
    async (blobs) => {
      await blobs.close()
      return assert.fail('it was opened')
    },
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof BlobsError, String(error))
  const { accessKeyId, secretAccessKey } = { ...server.credentials, ...options.credentials }
  for (const secret of [accessKeyId, secretAccessKey])
    assert.ok(!error.message.includes(secret), error.message)
  return { kind: error.kind, says: error.message }
}

test('a bucket that is not there', { skip }, async () => {
  assert.deepEqual(await refusal({ bucket: 'not-there' }), {
    kind: 'permanent',
    says: `there is no bucket not-there at ${server.endpoint}: make it, or correct blobs.bucket`,
  })
})

test('a key that nobody knows, and a secret of another key', { skip }, async () => {
  const { accessKeyId, secretAccessKey } = server.credentials
  assert.deepEqual(await refusal({ credentials: { accessKeyId: 'a-stranger', secretAccessKey } }), {
    kind: 'denied',
    says: `${server.endpoint} does not know the access key: correct blobs.accessKeyId`,
  })
  assert.deepEqual(await refusal({ credentials: { accessKeyId, secretAccessKey: 'a-wrong-one' } }), {
    kind: 'denied',
    says: `the secret is not that of the access key at ${server.endpoint}: correct blobs.secretAccessKey`,
  })
})

test('another region than the server’s', { skip }, async () => {
  assert.deepEqual(await refusal({ region: 'eu-west-1' }), {
    kind: 'permanent',
    says: `the bucket ${bucket} is not in the region eu-west-1: set blobs.region to us-east-1`,
  })
})

test('nobody listens, or the host has no address, or speaks no TLS', { skip }, async () => {
  const closed = `http://127.0.0.1:${await freePort()}`
  assert.deepEqual(await refusal({ endpoint: closed }), {
    kind: 'transient',
    says: `nobody listens at ${closed}: start it, or correct blobs.endpoint`,
  })
  const nowhere = await refusal({ endpoint: 'http://nowhere.invalid' })
  assert.equal(nowhere.kind, 'transient')
  assert.match(
    nowhere.says,
    /^the host of http:\/\/nowhere\.invalid has no address .*correct blobs\.endpoint/,
  )
  const plain = `https://127.0.0.1:${server.port}`
  assert.deepEqual(await refusal({ endpoint: plain }), {
    kind: 'permanent',
    says: `${plain} does not speak TLS: correct blobs.endpoint`,
  })
})

test('something that does not speak S3 is told as that, whatever it answers, without words of the SDK', {
  skip,
}, async () => {
  const page = '<!doctype html><html><body>it works<br></body></html>'
  const answers: readonly (readonly [status: number, type: string, body: string])[] = [
    [200, 'text/html', page],
    [200, 'application/json', '{"ok":true}'],
    [200, 'text/plain', ''],
    [200, 'application/xml', '<html><body>it works</body></html>'],
    [302, 'text/html', page],
    [400, 'text/html', page],
    [403, 'text/html', '<html>forbidden</html>'],
    [404, 'text/plain', 'not here'],
    [502, 'text/html', page],
  ]
  for (const [status, type, body] of answers) {
    const other = createServer((request, response) => {
      request.resume()
      response.writeHead(status, { 'content-type': type }).end(body)
    })
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    try {
      const endpoint = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
      assert.deepEqual(
        await refusal({ endpoint }),
        {
          kind: status >= 500 ? 'transient' : 'permanent',
          says: `what answers at ${endpoint} does not speak S3: correct blobs.endpoint`,
        },
        `${status} ${type}`,
      )
    } finally {
      other.closeAllConnections()
      other.close()
    }
  }
})

/** Where a fault of one call is made up. */
async function refusalWhere(
  spoil: (front: S3Front) => S3Front['fault'],
): Promise<{ kind: BlobsErrorKind; says: string }> {
  await using front = await startFront(server)
  front.fault = spoil(front)
  const { kind, says } = await refusal({ endpoint: front.endpoint })
  return { kind, says: says.replaceAll(front.endpoint, 'S3') }
}

test('each right that is missing is named', { skip }, async () => {
  const rights = {
    list: 's3:ListBucket',
    uploads: 's3:ListBucketMultipartUploads',
    put: 's3:PutObject',
    get: 's3:GetObject',
    delete: 's3:DeleteObject',
  }
  for (const [call, right] of Object.entries(rights)) {
    const told = await refusalWhere(
      () => (seen) => (callOf(seen) === call ? { do: 'fail', status: 403, code: 'AccessDenied' } : pass),
    )
    assert.deepEqual(told, {
      kind: 'denied',
      says: `the access key has no right ${right} to the bucket ${bucket}: allow it`,
    })
  }
})

test('a clock that is wrong, and a server that does not answer', { skip }, async () => {
  assert.deepEqual(
    await refusalWhere(() => () => ({ do: 'fail', status: 403, code: 'RequestTimeTooSkewed' })),
    {
      kind: 'denied',
      says: 'the clock of this machine is not that of S3: set the clock right',
    },
  )
  assert.deepEqual(await refusalWhere(() => () => ({ do: 'hang' })), {
    kind: 'transient',
    says: 'S3 did not answer in time: see whether it runs and can be reached from here',
  })
})

test('what opening has tried leaves nothing, and a part smaller than S3 takes is refused', {
  skip,
}, async () => {
  await using front = await startFront(server)
  const blobs = await openS3Blobs(optionsOn(server, await server.bucket(), { endpoint: front.endpoint }))
  assert.deepEqual(front.seen.map(callOf), ['list', 'uploads', 'put', 'put', 'get', 'delete'])
  const left: string[] = []
  assert.ok(blobs.tidy)
  for await (const name of blobs.tidy(Date.now() + 1e6, new AbortController().signal)) left.push(name)
  assert.deepEqual(left, [])
  await blobs.close()
  await assert.rejects(openS3Blobs(optionsOn(server, bucket, { partBytes: 5 * 1_048_576 - 1 })), RangeError)
})

test('a server without conditions is used, and told of', { skip }, async () => {
  await using front = await startFront(server)
  front.fault = ({ headers }) =>
    headers['if-none-match'] === undefined ? pass : { do: 'fail', status: 501, code: 'NotImplemented' }
  const warnings: string[] = []
  const blobs = await openS3Blobs(
    optionsOn(server, bucket, {
      endpoint: front.endpoint,
      telemetry: { warn: (message) => void warnings.push(message) },
    }),
  )
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /ignores conditions/)
  await blobs.close()
})
