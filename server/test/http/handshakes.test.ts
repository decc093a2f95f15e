import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { connect } from 'node:tls'
import type { Exchange } from '../../src/http/exchange.ts'
import type { HttpLimits } from '../../src/http/listen.ts'
import { send } from '../../src/http/send.ts'
import { madeCertificate } from '../cli/made-certificate.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { until } from '../kit/until.ts'
import { type Served, serveDoor } from './serve-door.ts'

const folder = mkdtempSync(join(tmpdir(), 'lading-handshakes-'))
after(() => rmSync(folder, { recursive: true }))
const made = madeCertificate(folder, 'server')
const tls = { cert: readFileSync(made.cert, 'utf8'), key: readFileSync(made.key, 'utf8') }

const hello = (exchange: Exchange): void => send(exchange, 200, [], 'hello')

function serveTls(limits: Partial<HttpLimits>): Promise<Served> {
  return serveDoor(hello, limits, undefined, { tls })
}

const asked = 'GET /door HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** What a client with TLS is answered, over a connection of its own. */
function askSecurely(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', ca: tls.cert })
    let text = ''
    socket.on('data', (chunk) => (text += chunk))
    socket.once('error', reject)
    socket.once('close', () => resolve(text))
    socket.write(asked)
  })
}

describe('a handshake of TLS', () => {
  it('has no more time than the headers of a request', async () => {
    await using served = await serveTls({ headersTimeout: 200 })
    using silent = await RawConnection.open(served.url)
    await until(async () => served.server.figures().open === 1)
    assert.equal(await silent.untilClosed(), '')
    await until(async () => served.server.figures().open === 0)
    assert.match(await askSecurely(served.url), /^HTTP\/1\.1 200[\s\S]*hello$/)
  })

  it('counts among the connections, and gives way once it has been silent for a while', async () => {
    await using served = await serveTls({ headersTimeout: 10_000, connections: 2 })
    const silent = await Promise.all([RawConnection.open(served.url), RawConnection.open(served.url)])
    await until(async () => served.server.figures().open === 2)
    assert.match(await askSecurely(served.url), /^HTTP\/1\.1 503[\s\S]*Retry-After: 1\r\n/)
    await until(async () => (await askSecurely(served.url)).startsWith('HTTP/1.1 200'))
    await until(async () => silent.some(({ closed }) => closed))
    assert.equal(silent.filter(({ closed }) => closed).length, 1)
    assert.ok(served.server.figures().refused >= 1)
    for (const one of silent) one.end()
    await until(async () => served.server.figures().open === 0)
  })

  it('leaves one connection, whose bytes are those within', async () => {
    await using served = await serveTls({})
    const answer = await askSecurely(served.url)
    await until(async () => served.server.figures().open === 0)
    const { received, sent } = served.server.figures()
    assert.deepEqual([received, sent], [asked.length, answer.length])
  })
})
