import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectSecurely } from 'node:tls'
import type { Exchange } from '../../src/http/exchange.ts'
import { sendStream } from '../../src/http/send.ts'
import { madeCertificate } from '../cli/made-certificate.ts'
import { type Served, serveDoor } from './serve-door.ts'

const folder = mkdtempSync(join(tmpdir(), 'lading-slow-takers-'))
after(() => rmSync(folder, { recursive: true }))
const made = madeCertificate(folder, 'server')
const tls = { cert: readFileSync(made.cert, 'utf8'), key: readFileSync(made.key, 'utf8') }

const chunk = Buffer.alloc(256 * 1024, 'x')
const chunks = 100
/** ms over which the average counts; and no connection here is quiet for so long. */
const idleTimeout = 1_000

const large = (exchange: Exchange): Promise<void> => {
  const headers = ['Content-Length', String(chunks * chunk.length)]
  return sendStream(
    exchange,
    200,
    headers,
    (async function* () {
      for (let n = 0; n < chunks; n++) yield chunk
    })(),
  )
}

interface Taken {
  readonly bytes: number
  /** ms in which no byte could be taken, at the most. */
  readonly quiet: number
}

/** Takes an answer at some 10 MB a second, which is often enough to be never idle, until the connection ends. */
async function takeSlowly({ url }: Served): Promise<Taken> {
  const { protocol, port } = new URL(url)
  const place = { port: Number(port), host: '127.0.0.1' }
  const socket: Socket =
    protocol === 'https:' ? connectSecurely({ ...place, ca: tls.cert }) : connect({ ...place })
  socket.on('error', () => undefined)
  socket.write('GET /door HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  let bytes = 0
  let quiet = 0
  let last = performance.now()
  while (!socket.destroyed && !socket.readableEnded) {
    for (let some = 0, part: Buffer | null; some < 50_000; some += part.length) {
      part = socket.read() as Buffer | null
      if (part === null) break
      const now = performance.now()
      quiet = Math.max(quiet, now - last)
      last = now
      bytes += part.length
    }
    await pause(5)
  }
  socket.destroy()
  return { bytes, quiet: Math.max(quiet, performance.now() - last) }
}

/**
 * As they take it where the machine gives them their time: where everything here stood still for long, it was the client
 * that took too little, and it is tried again.
 */
async function takenInTime(served: Served): Promise<Taken> {
  for (let tries = 1; ; tries++) {
    const taken = await takeSlowly(served)
    if (taken.quiet < idleTimeout / 2 || tries === 10) return taken
  }
}

// At once: nearly all of what they take is waiting.
describe('an answer that is taken slowly', { concurrency: true }, () => {
  for (const [over, more] of [
    ['', {}],
    [' over TLS', { tls }],
  ] as const) {
    it(`is given up where the client takes too little, though the connection is never idle${over}`, async () => {
      await using served = await serveDoor(large, { idleTimeout, minAnswerRate: 1e9 }, undefined, more)
      const { bytes, quiet } = await takenInTime(served)
      assert.ok(bytes < chunks * chunk.length, 'all of it was taken')
      assert.ok(bytes > chunk.length && quiet < idleTimeout, `${bytes} bytes, nothing for ${quiet} ms`)
    })

    it(`goes on to its end where the client takes enough, however long that takes${over}`, async () => {
      await using served = await serveDoor(large, { idleTimeout, minAnswerRate: 100_000 }, undefined, more)
      const { bytes } = await takenInTime(served)
      assert.ok(bytes > chunks * chunk.length, `${bytes} bytes`)
    })

    it(`goes on where it is the server that is slow${over}`, async () => {
      const late = (exchange: Exchange): Promise<void> =>
        sendStream(
          exchange,
          200,
          [],
          (async function* () {
            for (let n = 0; n < 20; n++) {
              yield chunk.subarray(0, 10)
              await pause(idleTimeout / 10)
            }
          })(),
        )
      await using served = await serveDoor(late, { idleTimeout, minAnswerRate: 1e9 }, undefined, more)
      const { bytes } = await takenInTime(served)
      assert.ok(bytes > 200, `${bytes} bytes`)
    })
  }
})
