import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RegistryError } from '../../src/domain/error.ts'
import { readBody } from '../../src/http/body.ts'
import type { Exchange } from '../../src/http/exchange.ts'
import { HeldBodies } from '../../src/http/held-bodies.ts'
import { send, sendStream } from '../../src/http/send.ts'
import { serveDoor } from '../http/serve-door.ts'
import { ask } from '../kit/http-client.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { until } from '../kit/until.ts'

const tooLarge = (size: number): RegistryError => new RegistryError('too-large', { what: 'it', limit: size })
const hello = (exchange: Exchange): void => send(exchange, 200, [], 'hello')
const echo = async (exchange: Exchange): Promise<void> =>
  send(exchange, 200, [], await readBody(exchange, 1_000_000, tooLarge))

/** A door whose requests wait until the test lets them go. */
function waiting(): { handle: (exchange: Exchange) => Promise<void>; begun: Promise<void>; go: () => void } {
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const handle = async (exchange: Exchange): Promise<void> => {
    if (exchange.path === '/door/quick') return hello(exchange)
    begun.resolve()
    await go.promise
    hello(exchange)
  }
  return { handle, begun: begun.promise, go: go.resolve }
}

describe('the number of headers', () => {
  it('is bounded: a request with more is refused, and not in part believed', async () => {
    let served = 0
    await using door = await serveDoor(
      (exchange) => {
        served++
        hello(exchange)
      },
      { headerCount: 30 },
    )
    const filler = (count: number): string[] => Array.from({ length: count }, (_, n) => `X-Filler-${n}: a`)
    using few = await RawConnection.open(door.url)
    few.head('GET /door HTTP/1.1', 'Host: x', ...filler(29))
    assert.match(await few.until(/hello$/), /^HTTP\/1\.1 200/)
    for (const count of [30, 500]) {
      using many = await RawConnection.open(door.url)
      many.head('GET /door HTTP/1.1', 'Host: x', ...filler(count))
      const all = await many.untilClosed()
      assert.match(all, /^HTTP\/1\.1 431/)
    }
    assert.equal(served, 1)
  })
})

describe('the number of connections', () => {
  it('is bounded: one more is told to come back, and served when there is room again', async () => {
    const door = waiting()
    await using served = await serveDoor(door.handle, { connections: 1 })
    using first = await RawConnection.open(served.url)
    first.head('GET /door HTTP/1.1', 'Host: x')
    await door.begun
    using second = await RawConnection.open(served.url)
    second.head('GET /door/quick HTTP/1.1', 'Host: x')
    const refused = await second.untilClosed()
    assert.match(refused, /^HTTP\/1\.1 503/)
    assert.match(refused, /\r\nRetry-After: 1\r\n/)
    assert.match(refused, /\r\nConnection: close\r\n/)
    assert.deepEqual(pick(served.server.figures()), { open: 1, refused: 1, running: 1 })
    door.go()
    await first.until(/hello$/)
    first.end()
    await first.untilClosed()
    // The server hears of the end by itself, so its idle connection gives way in either case.
    assert.equal((await ask(served.url, { path: '/door/quick' })).text(), 'hello')
  })

  it('counts no connection for which nothing is under way: it gives way to a new one', async () => {
    await using served = await serveDoor(hello, { connections: 1 })
    using idle = await RawConnection.open(served.url)
    idle.head('GET /door HTTP/1.1', 'Host: x')
    await idle.until(/hello$/)
    using next = await RawConnection.open(served.url)
    next.head('GET /door HTTP/1.1', 'Host: x')
    assert.match(await next.until(/hello$/), /^HTTP\/1\.1 200/)
    await idle.untilClosed()
    assert.equal(served.server.figures().refused, 0)
  })

  it('lets none stay beyond it that asks for nothing, nor any number of those', async () => {
    const door = waiting()
    await using served = await serveDoor(door.handle, { connections: 1 })
    using first = await RawConnection.open(served.url)
    first.head('GET /door HTTP/1.1', 'Host: x')
    await door.begun
    const more = await Promise.all(Array.from({ length: 100 }, () => RawConnection.open(served.url)))
    for (const one of more) assert.equal(await one.untilClosed(), '')
    const { refused, running } = served.server.figures()
    assert.deepEqual({ refused, running }, { refused: 100, running: 1 })
    door.go()
    await first.until(/hello$/)
  })
})

function pick({ open, refused, running }: { open: number; refused: number; running: number }): object {
  return { open, refused, running }
}

describe('a body that comes in drops', () => {
  async function drip(url: string, bytes: number, total: number): Promise<string> {
    using client = await RawConnection.open(url)
    client.head('POST /door HTTP/1.1', 'Host: x', `Content-Length: ${total}`, 'Connection: close')
    let left = total
    const timer = setInterval(() => {
      const some = Math.min(bytes, left)
      left -= some
      if (some > 0) client.write('a'.repeat(some))
    }, 20)
    try {
      return await client.untilClosed()
    } finally {
      clearInterval(timer)
    }
  }

  it('is given up where it brings too little, though the connection is never idle', async () => {
    await using served = await serveDoor(echo, { idleTimeout: 300, minBodyRate: 1000 })
    assert.equal(await drip(served.url, 1, 100_000), '')
  })

  it('is read to its end where it brings enough, however long that takes', async () => {
    await using served = await serveDoor(echo, { idleTimeout: 300, minBodyRate: 200 })
    const all = await drip(served.url, 200, 10_000)
    assert.match(all, /^HTTP\/1\.1 200/)
    assert.match(all, /a{10000}$/)
  })
})

describe('the time that a connection may take', () => {
  it('is bounded for a request as a whole', async () => {
    await using served = await serveDoor(echo, { headersTimeout: 100, requestTimeout: 300 })
    using slow = await RawConnection.open(served.url)
    slow.head('POST /door HTTP/1.1', 'Host: x', 'Content-Length: 1000')
    const timer = setInterval(() => slow.write('a'), 20)
    try {
      assert.match(await slow.untilClosed(), /^HTTP\/1\.1 408/)
    } finally {
      clearInterval(timer)
    }
  })

  it('is bounded between requests', async () => {
    await using served = await serveDoor(hello, { keepAliveTimeout: 100 })
    using idle = await RawConnection.open(served.url)
    idle.head('GET /door HTTP/1.1', 'Host: x')
    assert.match(await idle.untilClosed(), /hello$/)
  })
})

describe('an answer that nobody reads', () => {
  it('is given up', async () => {
    const ended = Promise.withResolvers<void>()
    await using served = await serveDoor(
      async (exchange) => {
        const chunk = Buffer.alloc(1024 * 1024)
        const endless = async function* (): AsyncGenerator<Uint8Array> {
          for (;;) yield chunk
        }
        await sendStream(exchange, 200, [], endless())
        ended.resolve()
      },
      { idleTimeout: 200 },
    )
    using client = await RawConnection.open(served.url)
    client.head('GET /door HTTP/1.1', 'Host: x')
    await client.until(/^HTTP\/1\.1 200/)
    client.pause()
    // It has no end but the one that the server makes.
    await ended.promise
  })
})

describe('bodies that are held whole', () => {
  const limit = 600

  it('have a room that is theirs together: one more is refused unread, and taken once there is room', async () => {
    const held = new HeldBodies({ heldBodyBytes: 1000, heldBodyTimeout: 60_000 })
    let seen = Promise.withResolvers<void>()
    let read = 0
    await using served = await serveDoor(async (exchange) => {
      exchange.request.once('data', () => setImmediate(seen.resolve))
      using whole = await held.read(exchange, limit, tooLarge)
      read += whole.bytes.length
      send(exchange, 200, [], 'taken')
    })
    using slow = await RawConnection.open(served.url)
    slow.head('PUT /door HTTP/1.1', 'Host: x', 'Content-Length: 600')
    slow.write('a'.repeat(599))
    await seen.promise
    seen = Promise.withResolvers()
    const put = (size: number): ReturnType<typeof ask> =>
      ask(served.url, { method: 'PUT', path: '/door', body: 'b'.repeat(size) })
    const refused = await put(402)
    assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '1'])
    assert.equal(read, 0)
    assert.equal((await put(401)).status, 200)
    slow.write('a')
    await slow.until(/taken$/)
    assert.equal((await put(600)).status, 200)
    assert.equal((await put(601)).status, 413)
    assert.equal(read, 401 + 600 + 600)
  })

  it('take room by what has come of them, not by what they may become', async () => {
    const held = new HeldBodies({ heldBodyBytes: 1000, heldBodyTimeout: 60_000 })
    let begun = 0
    await using served = await serveDoor(async (exchange) => {
      begun++
      using whole = await held.read(exchange, limit, tooLarge)
      send(exchange, 200, [], `took ${whole.bytes.length}`)
    })
    const silent: RawConnection[] = []
    for (const length of ['Transfer-Encoding: chunked', 'Content-Length: 600']) {
      for (let n = 0; n < 20; n++) {
        const one = await RawConnection.open(served.url)
        one.head('PUT /door HTTP/1.1', 'Host: x', length)
        silent.push(one)
      }
    }
    await until(async () => begun === silent.length)
    const chunked = (async function* () {
      yield Buffer.alloc(600, 'a')
    })()
    assert.equal((await ask(served.url, { method: 'PUT', path: '/door', body: chunked })).text(), 'took 600')
    // Who has sent most of its body finds no room for the rest of it; who came first has all it needs.
    const [first, second] = silent
    assert.ok(first && second)
    const before = served.server.figures().received
    first.write(`${(599).toString(16)}\r\n${'a'.repeat(599)}\r\n`)
    await until(async () => served.server.figures().received >= before + 599)
    second.write(`${(300).toString(16)}\r\n${'a'.repeat(300)}\r\n`)
    second.write(`${(102).toString(16)}\r\n${'a'.repeat(102)}\r\n`)
    await second.until(/^HTTP\/1\.1 429 /)
    first.write('1\r\na\r\n0\r\n\r\n')
    await first.until(/took 600$/)
    for (const one of silent) one.end()
    await until(async () => served.server.figures().open === 0)
    const whole = await Promise.all(
      [400, 600].map((size) => ask(served.url, { method: 'PUT', path: '/door', body: 'b'.repeat(size) })),
    )
    assert.deepEqual(
      whole.map(({ status }) => status),
      [200, 200],
    )
  })

  it('give their room back where they fail', async () => {
    const held = new HeldBodies({ heldBodyBytes: 1000, heldBodyTimeout: 60_000 })
    const failed = Promise.withResolvers<void>()
    await using served = await serveDoor(async (exchange) => {
      try {
        using _body = await held.read(exchange, limit, tooLarge)
      } catch (error) {
        failed.resolve()
        throw error
      }
      send(exchange, 200, [], 'taken')
    })
    using liar = await RawConnection.open(served.url)
    liar.head('PUT /door HTTP/1.1', 'Host: x', 'Content-Length: 600')
    liar.write('a')
    setImmediate(() => liar.end())
    await failed.promise
    assert.equal((await ask(served.url, { method: 'PUT', path: '/door', body: 'b'.repeat(600) })).status, 200)
  })

  it('do not keep it longer than their time', async () => {
    const held = new HeldBodies({ heldBodyBytes: 1000, heldBodyTimeout: 100 })
    await using served = await serveDoor(async (exchange) => {
      using body = await held.read(exchange, limit, tooLarge)
      send(exchange, 200, [], body.bytes)
    })
    using slow = await RawConnection.open(served.url)
    slow.head('PUT /door HTTP/1.1', 'Host: x', 'Content-Length: 600')
    slow.write('a')
    assert.equal(await slow.untilClosed(), '')
    assert.equal((await ask(served.url, { method: 'PUT', path: '/door', body: 'b'.repeat(600) })).status, 200)
  })
})
