import assert from 'node:assert/strict'
import type { ServerOptions } from 'node:http'
import { describe, it } from 'node:test'
import { readBody } from '../../src/http/body.ts'
import { nodeHttp } from '../../src/http/node-http.ts'
import { send } from '../../src/http/send.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { serveDoor } from './serve-door.ts'

const host = 'Host: x\r\n'
const hidden = `GET /door/hidden HTTP/1.1\r\n${host}\r\n`
const chunked = 'Transfer-Encoding: chunked\r\n'

/** What two readers could take for different requests: one for a body, the other for a request of its own. */
const shapes: Readonly<Record<string, string>> = {
  'a length beside chunks': `POST /door HTTP/1.1\r\n${host}Content-Length: ${hidden.length + 5}\r\n${chunked}\r\n0\r\n\r\n${hidden}`,
  'chunks beside a length': `POST /door HTTP/1.1\r\n${host}${chunked}Content-Length: ${hidden.length + 5}\r\n\r\n0\r\n\r\n${hidden}`,
  'two lengths that differ': `POST /door HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  'two lengths in one line': `POST /door HTTP/1.1\r\n${host}Content-Length: 0, ${hidden.length}\r\n\r\n${hidden}`,
  'a length with a sign': `POST /door HTTP/1.1\r\n${host}Content-Length: +0\r\n\r\n${hidden}`,
  'a length that is none': `POST /door HTTP/1.1\r\n${host}Content-Length: 0x0\r\n\r\n${hidden}`,
  'another coding': `POST /door HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n${hidden}`,
  'chunked that is not last': `POST /door HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
  'a coding after a tab': `POST /door HTTP/1.1\r\n${host}Content-Length: 0\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n${hidden}`,
  'a coding before a blank': `POST /door HTTP/1.1\r\n${host}Content-Length: 0\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
  'a coding on a folded line': `POST /door HTTP/1.1\r\n${host}X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n${hidden}`,
  'a name with a line feed': `POST /door HTTP/1.1\r\n${host}X: y\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n${hidden}`,
  'a carriage return alone': `POST /door HTTP/1.1\r\n${host}X: y\rContent-Length: 0\r\n\r\n${hidden}`,
  'a NUL': `POST /door HTTP/1.1\r\n${host}X: \0\r\nContent-Length: 0\r\n\r\n${hidden}`,
  'a chunk with a prefix': `POST /door HTTP/1.1\r\n${host}${chunked}\r\n0x0\r\n\r\n${hidden}`,
  'a chunk with a negative size': `POST /door HTTP/1.1\r\n${host}${chunked}\r\n-1\r\n\r\n${hidden}`,
  'a chunk of more than can be counted': `POST /door HTTP/1.1\r\n${host}${chunked}\r\n10000000000000000\r\n\r\n${hidden}`,
  'a chunk that ends with a line feed': `POST /door HTTP/1.1\r\n${host}${chunked}\r\n0\n\n${hidden}`,
  'a chunk without its end': `POST /door HTTP/1.1\r\n${host}${chunked}\r\n1\r\naX\r\n0\r\n\r\n${hidden}`,
  'two hosts': `POST /door HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 0\r\n\r\n${hidden}`,
  'a host that is no name': `POST /door HTTP/1.1\r\nHost: x/../y\r\nContent-Length: 0\r\n\r\n${hidden}`,
  'hosts with a comma': `POST /door HTTP/1.1\r\nHost: x,y\r\nContent-Length: 0\r\n\r\n${hidden}`,
  'a blank in the target': `POST /door HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\nGET /door /hidden HTTP/1.1\r\n${host}\r\n`,
}

/** The paths that were asked for in what was sent. */
async function askedIn(sent: string): Promise<{ asked: string[]; text: string }> {
  const asked: string[] = []
  await using served = await serveDoor(
    async (exchange) => {
      asked.push(exchange.path)
      send(exchange, 200, [], await readBody(exchange, 10_000, () => new Error('too large')))
    },
    { headersTimeout: 300, requestTimeout: 300, idleTimeout: 300, keepAliveTimeout: 300 },
  )
  using client = await RawConnection.open(served.url)
  client.write(sent)
  return { text: await client.untilClosed(), asked }
}

describe('requests within requests', () => {
  for (const [what, sent] of Object.entries(shapes)) {
    it(`are not found behind ${what}`, async () => {
      const { asked, text } = await askedIn(sent)
      assert.ok(!asked.includes('/door/hidden'), text)
      assert.match(text, /HTTP\/1\.1 (?:400|413) /)
    })
  }

  it('are two where both are plain', async () => {
    const first = `POST /door HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\nhi`
    const inChunks = `POST /door HTTP/1.1\r\n${host}${chunked}\r\n2\r\nhi\r\n0\r\n\r\n`
    const within = `POST /door HTTP/1.1\r\n${host}Content-Length: ${hidden.length}\r\n\r\n${hidden}`
    const found = await Promise.all([first + hidden, inChunks + hidden, within].map(askedIn))
    const both = ['/door', '/door/hidden']
    assert.deepEqual(
      found.map(({ asked }) => asked),
      [both, both, ['/door']],
    )
  })

  it('are found by the same server where its reader takes what it gets', async (t) => {
    const { createServer } = nodeHttp
    // As Node reads where it is told to be lenient; everything else is as it is.
    const lenient = (settings: ServerOptions) => createServer({ ...settings, insecureHTTPParser: true })
    t.mock.method(nodeHttp, 'createServer', lenient as typeof createServer)
    const taken = [
      ...[
        'a length beside chunks',
        'chunks beside a length',
        'a coding after a tab',
        'a coding before a blank',
      ],
      ...['a coding on a folded line', 'a NUL'],
    ]
    const found = await Promise.all(taken.map((what) => askedIn(shapes[what] ?? '')))
    for (const [n, { asked, text }] of found.entries())
      assert.deepEqual(asked, ['/door', '/door/hidden'], `${taken[n]}: ${text}`)
  })
})
