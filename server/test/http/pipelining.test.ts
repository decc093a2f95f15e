import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Exchange } from '../../src/http/exchange.ts'
import { mostPipelined } from '../../src/http/pipeline.ts'
import { send, sendStream } from '../../src/http/send.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { type Served, serveDoor } from './serve-door.ts'

const request = (name: string): string => `GET /door/${name} HTTP/1.1\r\nHost: x\r\n\r\n`

interface Held extends Served {
  /** Paths in the order in which they were begun. */
  readonly begun: string[]
  /** Lets the one answer that is under way go out. */
  go(): void
  /** Once so many were begun. */
  untilBegun(count: number): Promise<void>
}

/** Requests that wait until the test lets them go, and answer with their path. */
async function hold(): Promise<Held> {
  const begun: string[] = []
  let news = Promise.withResolvers<void>()
  let held = Promise.withResolvers<void>()
  const served = await serveDoor(async (exchange: Exchange) => {
    begun.push(exchange.path)
    held = Promise.withResolvers()
    news.resolve()
    news = Promise.withResolvers()
    // What listens for the client's leaving must not add up on the connection.
    exchange.signal.throwIfAborted()
    await held.promise
    send(exchange, 200, [], exchange.path)
  })
  return {
    ...served,
    begun,
    go: () => held.resolve(),
    async untilBegun(count) {
      while (begun.length < count) await news.promise
    },
  }
}

describe('requests that come before the answer to an earlier one of their connection', () => {
  it('are begun one after the other, each once the answer before it is out', async () => {
    await using served = await hold()
    using client = await RawConnection.open(served.url)
    client.write(request('1') + request('2') + request('3'))
    await served.untilBegun(1)
    for (const [done, count] of [
      [1, 2],
      [2, 3],
    ] as const) {
      assert.deepEqual([served.begun.length, served.server.figures().running], [done, 1])
      assert.equal(client.received.split('HTTP/1.1 200').length - 1, done - 1)
      served.go()
      await served.untilBegun(count)
      await client.until(new RegExp(`/door/${done}$`))
    }
    served.go()
    await client.until(/\/door\/3$/)
    assert.deepEqual(served.begun, ['/door/1', '/door/2', '/door/3'])
  })

  it('bring their bodies, and are served though the answer came at once', async () => {
    await using served = await serveDoor(async (exchange) => {
      if (exchange.method === 'GET') return send(exchange, 200, [], 'got')
      let text = ''
      for await (const chunk of exchange.readBody()) text += Buffer.from(chunk).toString()
      send(exchange, 200, [], text)
    })
    using client = await RawConnection.open(served.url)
    const put = (text: string): string =>
      `PUT /door HTTP/1.1\r\nHost: x\r\nContent-Length: ${text.length}\r\n\r\n${text}`
    client.write(request('a') + put('one') + put('two') + request('b') + put('three'))
    await client.until(/three$/)
    const bodies = client.received.match(/(?<=\r\n\r\n)\w+?(?=HTTP|$)/g)
    assert.deepEqual(bodies, ['got', 'one', 'two', 'got', 'three'])
    assert.equal(served.server.figures().open, 1)
  })

  it('stream no more than one content at a time', async () => {
    let open = 0
    let most = 0
    const chunk = Buffer.alloc(100_000, 'a')
    await using served = await serveDoor(async (exchange) => {
      const content = async function* (): AsyncGenerator<Uint8Array> {
        most = Math.max(most, ++open)
        try {
          for (let n = 0; n < 10; n++) yield chunk
        } finally {
          open--
        }
      }
      await sendStream(exchange, 200, ['Content-Length', '1000000'], content())
    })
    using client = await RawConnection.open(served.url)
    client.write(request('a').repeat(mostPipelined + 1))
    while (client.received.length < 1_000_000 * (mostPipelined + 1)) await client.untilMore()
    assert.deepEqual([open, most], [0, 1])
  })

  it('end their connection where too many wait', async () => {
    await using served = await hold()
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    try {
      using few = await RawConnection.open(served.url)
      few.write(request('few').repeat(mostPipelined + 1))
      for (let n = 1; n <= mostPipelined + 1; n++) {
        await served.untilBegun(n)
        served.go()
      }
      await few.until(new RegExp(`(?:/door/few[\\s\\S]*){${mostPipelined + 1}}$`))
      using many = await RawConnection.open(served.url)
      many.write(request('many').repeat(400))
      assert.equal(await many.untilClosed(), '')
      assert.deepEqual(served.begun.slice(mostPipelined + 1), ['/door/many'])
      served.go()
      assert.deepEqual(warnings, [])
    } finally {
      process.off('warning', warned)
    }
  })

  it('are not begun where their client has left, nor counted as running', async () => {
    await using served = await hold()
    using client = await RawConnection.open(served.url)
    client.write(request('1') + request('2'))
    await served.untilBegun(1)
    client.end()
    using other = await RawConnection.open(served.url)
    other.write(request('other'))
    await served.untilBegun(2)
    served.go()
    await other.until(/\/door\/other$/)
    assert.deepEqual(served.begun, ['/door/1', '/door/other'])
    assert.equal(served.server.figures().running, 0)
  })

  it('are not begun after an answer that closes the connection', async () => {
    const begun: string[] = []
    await using served = await serveDoor((exchange) => {
      begun.push(exchange.path)
      exchange.closeConnection = true
      send(exchange, 200, [], 'last')
    })
    using client = await RawConnection.open(served.url)
    client.write(request('1') + request('2'))
    assert.match(await client.untilClosed(), /^HTTP\/1\.1 200[\s\S]*last$/)
    assert.deepEqual(begun, ['/door/1'])
  })
})
