import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RegistryError } from '../../../src/domain/error.ts'
import { listen } from '../../../src/http/listen.ts'
import type { Report } from '../../../src/http/problem.ts'
import { sendError } from '../../../src/protocols/oci/errors.ts'
import { type Answer, ask } from '../../kit/http-client.ts'

async function answerTo(error: unknown): Promise<{ answer: Answer; reported: unknown[] }> {
  const reported: unknown[] = []
  const limits = {
    headerBytes: 8192,
    headersTimeout: 9000,
    requestTimeout: 9000,
    idleTimeout: 9000,
    headerCount: 100,
    connections: 100,
    minBodyRate: 0,
    minAnswerRate: 0,
    keepAliveTimeout: 9000,
  }
  const handle = (): never => {
    throw error
  }
  const report: Report = (_, cause) => reported.push(cause)
  const server = await listen(
    [
      {
        segments: ['v2'],
        handle,
        fail: (exchange, failure) =>
          sendError(exchange, failure, { report, challenge: () => 'Bearer realm="x"' }),
      },
    ],
    { host: '127.0.0.1', port: 0, limits, report },
  )
  try {
    return {
      answer: await ask(`http://127.0.0.1:${server.address.port}`, { path: '/v2/a/blobs/uploads/u1' }),
      reported,
    }
  } finally {
    await server.close(0)
  }
}

describe('an error on the wire', () => {
  it('carries what the client needs to go on', async () => {
    for (const [error, status, code, headers] of [
      [
        new RegistryError('unavailable', { reason: 'a test', retryAfterMs: 1500 }),
        503,
        'UNAVAILABLE',
        { 'retry-after': '2' },
      ],
      [
        new RegistryError('too-many-requests', { retryAfterMs: 1 }),
        429,
        'TOOMANYREQUESTS',
        { 'retry-after': '1' },
      ],
      [
        new RegistryError('unauthenticated', { reason: 'a test' }),
        401,
        'UNAUTHORIZED',
        { 'www-authenticate': 'Bearer realm="x"' },
      ],
      [
        new RegistryError('upload-range', { upload: 'u1', offset: 10 }),
        416,
        'BLOB_UPLOAD_INVALID',
        { range: '0-9', location: '/v2/a/blobs/uploads/u1' },
      ],
      [
        new RegistryError('range-unsatisfiable', { size: 7 }),
        416,
        'SIZE_INVALID',
        { 'content-range': 'bytes */7' },
      ],
      [
        new RegistryError('method-unsupported', { method: 'X', allow: ['GET', 'HEAD'] }),
        405,
        'UNSUPPORTED',
        { allow: 'GET, HEAD' },
      ],
      [new RegistryError('unknown-outcome', { reason: 'a test' }), 500, 'UNKNOWN', {}],
    ] as const) {
      const { answer, reported } = await answerTo(error)
      assert.equal(answer.status, status)
      assert.equal(answer.headers['content-type'], 'application/json')
      assert.equal(answer.headers['docker-distribution-api-version'], 'registry/2.0')
      // The reason is in the message already, and clients print both.
      const id = status === 401 ? { requestId: answer.headers['x-request-id'] } : {}
      const { reason: _, ...detail } = { reason: '', ...error.data, ...id }
      assert.deepEqual(answer.json(), {
        errors: [{ code, message: error.message, ...(Object.keys(detail).length > 0 && { detail }) }],
      })
      for (const [name, value] of Object.entries(headers)) assert.equal(answer.headers[name], value, name)
      // The client may do nothing about these: somebody has to know.
      assert.deepEqual(reported, status >= 500 ? [error] : [])
    }
  })

  it('names each digest that is missing', async () => {
    const { answer } = await answerTo(
      new RegistryError('manifest-reference-unknown', { digests: ['sha256:a', 'sha256:b'] }),
    )
    assert.deepEqual(
      answer.json().errors.map(({ code, detail }: { code: string; detail: unknown }) => [code, detail]),
      [
        ['MANIFEST_BLOB_UNKNOWN', { digest: 'sha256:a' }],
        ['MANIFEST_BLOB_UNKNOWN', { digest: 'sha256:b' }],
      ],
    )
  })

  it('says nothing of what nobody foresaw, which is reported', async () => {
    const cause = new Error('a secret path')
    const { answer, reported } = await answerTo(cause)
    assert.equal(answer.status, 500)
    assert.ok(!answer.text().includes('secret'))
    assert.equal(answer.json().errors[0].detail.requestId, answer.headers['x-request-id'])
    assert.deepEqual(reported, [cause])
  })
})
