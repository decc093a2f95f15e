import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readBody } from '../../src/http/body.ts'
import type { Answered } from '../../src/http/listen.ts'
import type { Refused } from '../../src/http/refuse-malformed.ts'
import { send } from '../../src/http/send.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { serveDoor } from './serve-door.ts'

interface Told {
  readonly refused: readonly Refused[]
  readonly answered: readonly number[]
  readonly text: string
}

/** What is said to a connection that sends this, to its end, and to the operator. */
async function tellOf(sent: string, limits = {}): Promise<Told> {
  const refused: Refused[] = []
  const answered: number[] = []
  await using served = await serveDoor(
    async (exchange) => send(exchange, 200, [], await readBody(exchange, 100, () => new Error('too large'))),
    limits,
    ({ status }: Answered) => void answered.push(status),
    { onRefused: (one) => void refused.push(one) },
  )
  using client = await RawConnection.open(served.url)
  client.write(sent)
  return { text: await client.untilClosed(), refused, answered }
}

const host = 'Host: x\r\n'
const malformed = 'this is no well-formed HTTP request'
const cases: readonly (readonly [
  what: string,
  sent: string,
  status: string,
  detail: string,
  reason: string,
])[] = [
  ['garbage', 'how are you?\r\n\r\n', '400 Bad Request', malformed, 'HPE_INVALID_METHOD'],
  [
    'two lengths',
    `GET /door HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    '400 Bad Request',
    malformed,
    'HPE_INVALID_TRANSFER_ENCODING',
  ],
  [
    'a chunk of no length',
    `PUT /door HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nx\r\n`,
    '400 Bad Request',
    malformed,
    'HPE_INVALID_CHUNK_SIZE',
  ],
  [
    'large headers',
    `GET /door HTTP/1.1\r\n${host}X: ${'a'.repeat(20_000)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
    'the headers are too large or too many',
    'HPE_HEADER_OVERFLOW',
  ],
  [
    'half of its headers',
    `GET /door HTTP/1.1\r\n${host}`,
    '408 Request Timeout',
    'the request took too long to arrive',
    'ERR_HTTP_REQUEST_TIMEOUT',
  ],
]

/** Its type leads to the page of its code. */
function told(body: string): unknown {
  const { type, title, code, ...rest } = JSON.parse(body)
  assert.equal(type, `/problems/${code}`)
  assert.match(title, /^[A-Z][a-z ]+$/)
  return rest
}

describe('what is no request', () => {
  for (const [what, sent, status, detail, reason] of cases) {
    it(`is answered as a problem, and the operator is told: ${what}`, async () => {
      const { text, refused } = await tellOf(sent, { headersTimeout: 200 })
      const [head = '', body = ''] = text.split('\r\n\r\n')
      const [requestId = ''] = refused.map((one) => one.requestId)
      assert.match(requestId, /^[0-9a-f]{16}-1$|^[0-9a-f]{16}-2$/)
      const [line, ...headers] = head.split('\r\n')
      assert.equal(line, `HTTP/1.1 ${status}`)
      assert.deepEqual(headers.sort(), [
        'Cache-Control: no-store',
        'Connection: close',
        `Content-Length: ${body.length}`,
        'Content-Type: application/problem+json',
        'X-Content-Type-Options: nosniff',
        `X-Request-Id: ${requestId}`,
      ])
      const code = Number.parseInt(status, 10)
      assert.deepEqual(told(body), { status: code, detail, requestId })
      assert.deepEqual(refused, [{ status: code, requestId, address: '127.0.0.1', reason }])
    })
  }

  it('becomes no part of an answer that has begun', async () => {
    const refused: Refused[] = []
    const go = Promise.withResolvers<void>()
    await using served = await serveDoor(
      async ({ response }) => {
        response.writeHead(200, ['Content-Length', '10'])
        response.write('begun')
        await go.promise
      },
      {},
      undefined,
      { onRefused: (one) => void refused.push(one) },
    )
    using client = await RawConnection.open(served.url)
    client.write(`GET /door HTTP/1.1\r\n${host}\r\n`)
    await client.until(/begun$/)
    client.write('how are you?\r\n\r\n')
    assert.match(await client.untilClosed(), /begun$/)
    assert.deepEqual(refused, [])
    go.resolve()
  })
})

describe('a client that leaves in the middle of its body', () => {
  it('is no news beside the request that it leaves', async () => {
    const refused: Refused[] = []
    const answered = Promise.withResolvers<number>()
    const begun = Promise.withResolvers<void>()
    await using served = await serveDoor(
      async (exchange) => {
        begun.resolve()
        send(exchange, 200, [], await readBody(exchange, 100, () => new Error('too large')))
      },
      {},
      ({ status }) => answered.resolve(status),
      { onRefused: (one) => void refused.push(one) },
    )
    using client = await RawConnection.open(served.url)
    client.write(`PUT /door HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\n12345`)
    await begun.promise
    client.end()
    assert.equal(await answered.promise, 499)
    assert.deepEqual(refused, [])
  })
})

describe('a request that no door is asked for', () => {
  const details = [
    ['GET /door HTTP/1.1\r\n\r\n', 400, 'the request does not say which host it is for'],
    [`GET /door HTTP/1.1\r\n${host}Expect: tea\r\n\r\n`, 417, 'no such expectation can be met'],
  ] as const
  for (const [sent, status, detail] of details) {
    it(`is answered as a problem with its id, and counted: ${detail}`, async () => {
      const { text, refused, answered } = await tellOf(sent)
      const requestId = /^X-Request-Id: (.*)$/m.exec(text)?.[1]
      assert.ok(requestId)
      assert.ok(text.startsWith(`HTTP/1.1 ${status} `), text)
      assert.match(text, /^Content-Type: application\/problem\+json$/m)
      assert.deepEqual(told(text.split('\r\n\r\n')[1] ?? ''), { status, detail, requestId })
      assert.deepEqual([refused, answered], [[], [status]])
    })
  }

  it('needs no host where it is of HTTP/1.0', async () => {
    const { text } = await tellOf('GET /door HTTP/1.0\r\n\r\n')
    assert.match(text, /^HTTP\/1\.1 200/)
  })
})
