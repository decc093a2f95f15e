import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { RegistryError } from '../../src/domain/error.ts'
import { readBody, requestBytes } from '../../src/http/body.ts'
import type { Exchange } from '../../src/http/exchange.ts'
import type { Answered } from '../../src/http/listen.ts'
import { drainBytes, send, sendStream } from '../../src/http/send.ts'
import { ask } from '../kit/http-client.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { serveDoor } from './serve-door.ts'

const echo = async (exchange: Exchange): Promise<void> => {
  const body = await readBody(
    exchange,
    1_000_000,
    (size) => new RegistryError('too-large', { what: 'it', limit: size }),
  )
  send(exchange, 200, ['Content-Type', 'text/plain'], body)
}
const refuse = (): never => {
  throw new RegistryError('denied', { action: 'this', reason: 'a test' })
}

describe('requests', () => {
  it('keep a well-formed id of their own, and get one otherwise', async () => {
    await using served = await serveDoor(echo)
    const idOf = async (id?: string): Promise<unknown> => {
      const headers = id === undefined ? {} : { 'X-Request-Id': id }
      return (await ask(served.url, { path: '/door', headers })).headers['x-request-id']
    }
    assert.equal(await idOf('trace-1:/=+'), 'trace-1:/=+')
    const made = [await idOf(), await idOf('a b'), await idOf('x'.repeat(129))]
    assert.equal(new Set(made).size, 3)
    for (const id of made) assert.match(String(id), /^[0-9a-f]{16}-[0-9a-z]+$/)
  })

  it('that no door answers get a problem', async () => {
    await using served = await serveDoor(echo)
    const answer = await ask(served.url, { path: '/elsewhere/door' })
    assert.equal(answer.status, 404)
    assert.equal(answer.headers['content-type'], 'application/problem+json')
    assert.deepEqual(answer.json(), {
      status: 404,
      type: '/problems/path-unknown',
      title: 'Path unknown',
      detail: 'there is nothing at this path',
      code: 'path-unknown',
      requestId: answer.headers['x-request-id'],
    })
  })

  it('may name their target in absolute form', async () => {
    await using served = await serveDoor((exchange) =>
      send(exchange, 200, [], `${exchange.path} ${exchange.search}`),
    )
    assert.equal((await ask(served.url, { path: 'http://other.example/door/a?b=c' })).text(), '/door/a b=c')
  })

  it('that fail for an unforeseen reason say nothing of it', async () => {
    for (const handle of [
      () => {
        throw new Error('a secret')
      },
      () => Promise.reject(new Error('a secret')),
    ]) {
      await using served = await serveDoor(handle)
      const answer = await ask(served.url, { path: '/door' })
      assert.equal(answer.status, 500)
      assert.ok(!answer.text().includes('secret'))
      assert.ok(answer.json().requestId)
      assert.equal((served.reported[0] as Error).message, 'a secret')
    }
  })

  it('that fail are reported with the trace that the client says they are in', async () => {
    await using served = await serveDoor(() => Promise.reject(new Error('a fault')))
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    for (const headers of [{ traceparent }, { traceparent: 'nonsense' }]) {
      await ask(served.url, { path: '/door', headers: { ...headers, 'X-Request-Id': 'r' } })
    }
    const fields = { method: 'GET', path: '/door', requestId: 'r' }
    assert.deepEqual(
      served.reports.map((one) => one.fields),
      [{ ...fields, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }, fields],
    )
  })

  it('are measured once each, when their answer is out', async () => {
    const answered: Answered[] = []
    await using served = await serveDoor(echo, {}, (one) => answered.push(one))
    await ask(served.url, { method: 'POST', path: '/door/x?y', body: 'hello' })
    await served.server.close(1000)
    assert.equal(answered.length, 1)
    const { exchange, status, complete, durationMs } = answered[0]!
    assert.deepEqual([exchange.method, exchange.path, status, complete], ['POST', '/door/x', 200, true])
    assert.ok(durationMs >= 0)
  })

  it('whose client leaves before its answer are not taken for answered', async () => {
    const answered = Promise.withResolvers<Answered>()
    const begun = Promise.withResolvers<void>()
    await using served = await serveDoor(
      async (exchange) => {
        begun.resolve()
        await once(exchange.signal, 'abort')
      },
      {},
      answered.resolve,
    )
    using client = await RawConnection.open(served.url)
    client.head('GET /door HTTP/1.1', 'Host: x')
    await begun.promise
    client.end()
    const { status, complete } = await answered.promise
    assert.deepEqual([status, complete], [499, false])
  })

  it('with too large headers get 431', async () => {
    await using served = await serveDoor(echo, { headerBytes: 8192 })
    const small = await ask(served.url, { path: '/door', headers: { 'X-Filler': 'a'.repeat(7000) } })
    assert.equal(small.status, 200)
    const large = await ask(served.url, { path: '/door', headers: { 'X-Filler': 'a'.repeat(9000) } })
    assert.equal(large.status, 431)
  })

  it('that never end their headers are given up', async () => {
    await using served = await serveDoor(echo, { headersTimeout: 200 })
    using slow = await RawConnection.open(served.url)
    slow.write('GET /door HTTP/1.1\r\nHost: x\r\n')
    assert.match(await slow.untilClosed(), /^HTTP\/1\.1 408/)
  })

  it('that stand still in their body are given up', async () => {
    await using served = await serveDoor(echo, { idleTimeout: 150 })
    using slow = await RawConnection.open(served.url)
    slow.head('POST /door HTTP/1.1', 'Host: x', 'Content-Length: 10')
    slow.write('12345')
    await slow.untilClosed()
  })

  it('that wait for an answer longer than the idle time are not', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using served = await serveDoor(
      async (exchange) => {
        await promise
        send(exchange, 200, [], 'at last')
      },
      { idleTimeout: 50 },
    )
    const answer = ask(served.url, { path: '/door' })
    using idle = await RawConnection.open(served.url)
    // A connection that came later and says nothing is gone first: so the idle time has passed for both.
    await idle.untilClosed()
    resolve()
    assert.equal((await answer).text(), 'at last')
  })
})

describe('bodies', () => {
  it('come whole, with a length and without', async () => {
    await using served = await serveDoor(echo)
    const body = Buffer.alloc(300_000, 'lading')
    const stream = (async function* () {
      yield body.subarray(0, 1000)
      yield body.subarray(1000)
    })()
    assert.ok((await ask(served.url, { method: 'POST', path: '/door', body })).body.equals(body))
    assert.ok((await ask(served.url, { method: 'POST', path: '/door', body: stream })).body.equals(body))
  })

  it('that end early fail as shorter than announced', async () => {
    const failure = Promise.withResolvers<unknown>()
    await using served = await serveDoor(async (exchange) => {
      try {
        for await (const _chunk of requestBytes(exchange));
      } catch (error) {
        failure.resolve(error)
        throw error
      }
    })
    using liar = await RawConnection.open(served.url)
    liar.head('POST /door HTTP/1.1', 'Host: x', 'Content-Length: 10')
    liar.write('123')
    setImmediate(() => liar.end())
    const error = (await failure.promise) as RegistryError
    assert.equal(error.code, 'size-invalid')
    assert.equal((error.data as { expected: number }).expected, 10)
  })

  it('are not read where they are announced too large', async () => {
    await using served = await serveDoor(async (exchange) => {
      await readBody(exchange, 10, (size) => new RegistryError('manifest-too-large', { size, limit: 10 }))
    })
    using client = await RawConnection.open(served.url)
    client.head('POST /door HTTP/1.1', 'Host: x', `Content-Length: ${drainBytes * 100}`)
    const text = await client.until(/\}$/)
    assert.match(text, /^HTTP\/1\.1 413/)
    assert.match(text, /Connection: close/)
  })

  it('that are refused leave a connection for the next request where they are small', async () => {
    let refused = 0
    await using served = await serveDoor((exchange) => {
      if (exchange.method === 'PUT' && ++refused > 0) refuse()
      return echo(exchange)
    })
    using client = await RawConnection.open(served.url)
    client.head('PUT /door HTTP/1.1', 'Host: x', 'Content-Length: 100000')
    client.write('a'.repeat(100_000))
    await client.until(/^HTTP\/1\.1 403[\s\S]*\}$/)
    client.head('GET /door HTTP/1.1', 'Host: x')
    await client.until(/HTTP\/1\.1 200/)
    assert.equal(refused, 1)
  })

  const unavailable = new RegistryError('unavailable', { reason: 'a test', retryAfterMs: 1 })
  const size = 600_000

  describe('that are refused when they were begun leave a connection for the next request', () => {
    type Reader = AsyncGenerator<Uint8Array, void, undefined>
    /** What a door has done with the body by the time that it refuses. */
    const beginnings: Readonly<Record<string, (bytes: Reader) => unknown>> = {
      'where one chunk was read': async (bytes) => {
        for await (const chunk of bytes) if (chunk.length > 0) break
      },
      'where the reader was forgotten': (bytes) => bytes.next(),
      'where more was asked for': async (bytes) => {
        await bytes.next()
        void bytes.next()
      },
      'where more was asked for, and given up': async (bytes) => {
        await bytes.next()
        void bytes.next()
        void bytes.return()
      },
      'where none had come yet': (bytes) => void bytes.next(),
    }
    for (const [what, begin] of Object.entries(beginnings)) {
      it(what, async () => {
        await using served = await serveDoor(async (exchange) => {
          if (exchange.method === 'GET') return echo(exchange)
          await begin(requestBytes(exchange))
          throw unavailable
        })
        using client = await RawConnection.open(served.url)
        for (const before of [1000, size]) {
          client.head('PUT /door HTTP/1.1', 'Host: x', `Content-Length: ${size}`, `X-Request-Id: a-${before}`)
          client.write('a'.repeat(before))
          await client.until(new RegExp(`HTTP/1.1 503[^{}]*a-${before}[^]*\\}$`))
          client.write('a'.repeat(size - before))
          client.head('GET /door HTTP/1.1', 'Host: x', `X-Request-Id: b-${before}`)
          await client.until(new RegExp(`HTTP/1.1 200 OK[^{}]*b-${before}`))
        }
        assert.doesNotMatch(client.received, /Connection: close/)
      })
    }
  })

  it('that are answered before their end are not whole to who reads on', async () => {
    const outcome = Promise.withResolvers<unknown>()
    await using served = await serveDoor(async (exchange) => {
      const bytes = requestBytes(exchange)
      await bytes.next()
      send(exchange, 200, [])
      const readOn = async (): Promise<void> => {
        for await (const _chunk of bytes);
      }
      await readOn().then(() => outcome.resolve('whole'), outcome.resolve)
    })
    using client = await RawConnection.open(served.url)
    client.head('PUT /door HTTP/1.1', 'Host: x', `Content-Length: ${size}`)
    client.write('a'.repeat(1000))
    await client.until(/HTTP\/1\.1 200/)
    client.write('a'.repeat(size - 1000))
    assert.equal(((await outcome.promise) as RegistryError).code, 'upload-invalid')
  })

  it('that are refused while a client sends much more do not cost it the answer', async () => {
    await using served = await serveDoor(refuse)
    const answer = await ask(served.url, {
      method: 'PUT',
      path: '/door',
      body: Buffer.alloc(drainBytes - 1000),
    })
    assert.equal(answer.status, 403)
    using client = await RawConnection.open(served.url)
    client.head('PUT /door HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked')
    await client.until(/^HTTP\/1\.1 403[\s\S]*Connection: close[\s\S]*\}$/)
    for (let sent = 0; sent <= drainBytes; sent += 100_000)
      client.write(`186a0\r\n${'a'.repeat(100_000)}\r\n`)
    await client.untilClosed()
  })

  it('that are refused are heard to their end where the connection ends with the answer', async () => {
    const heard = Promise.withResolvers<string>()
    await using served = await serveDoor((exchange) => {
      exchange.request.once('end', () => heard.resolve('all'))
      exchange.request.socket.once('close', () => heard.resolve('a part'))
      refuse()
    })
    using client = await RawConnection.open(served.url)
    client.head('PUT /door HTTP/1.1', 'Host: x', 'Connection: close', `Content-Length: ${size}`)
    client.write('a'.repeat(1000))
    await client.until(/^HTTP\/1\.1 403[\s\S]*Connection: close[\s\S]*\}$/)
    client.write('a'.repeat(size - 1000))
    assert.equal(await heard.promise, 'all')
    await client.untilClosed()
  })

  it('are asked for only once somebody reads them', async () => {
    await using served = await serveDoor((exchange) =>
      exchange.path === '/door/no' ? refuse() : echo(exchange),
    )
    using refused = await RawConnection.open(served.url)
    refused.head('PUT /door/no HTTP/1.1', 'Host: x', 'Content-Length: 5', 'Expect: 100-continue')
    assert.match(await refused.until(/\}$/), /^HTTP\/1\.1 403[\s\S]*Connection: close/)
    using taken = await RawConnection.open(served.url)
    taken.head('PUT /door HTTP/1.1', 'Host: x', 'Content-Length: 5', 'Expect: 100-continue')
    await taken.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    taken.write('hello')
    await taken.until(/HTTP\/1\.1 200 OK[\s\S]*hello$/)
  })
})

describe('answers', () => {
  /** Chunks without end, that tell how many were taken and when it is over. */
  function endless(): { bytes: AsyncIterable<Uint8Array>; taken: () => number; over: Promise<void> } {
    const over = Promise.withResolvers<void>()
    let taken = 0
    const bytes = (async function* () {
      try {
        for (;;) {
          taken++
          yield Buffer.alloc(65_536)
        }
      } finally {
        over.resolve()
      }
    })()
    return { bytes, taken: () => taken, over: over.promise }
  }

  it('wait for a client that reads slowly, and end with it', async () => {
    const content = endless()
    await using served = await serveDoor((exchange) => sendStream(exchange, 200, [], content.bytes))
    using client = await RawConnection.open(served.url)
    client.pause()
    client.head('GET /door HTTP/1.1', 'Host: x')
    let before = -1
    // The kernel's buffers take some megabytes; then nothing more is asked for.
    while (content.taken() !== before || before === 0) {
      before = content.taken()
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(content.taken() < 500, `${content.taken()} chunks`)
    client.end()
    await content.over
  })

  it('abort their signal when the client goes, and only then', async () => {
    const aborted = Promise.withResolvers<boolean>()
    let kept: AbortSignal | undefined
    await using served = await serveDoor(async (exchange) => {
      const { signal } = exchange
      if (exchange.path === '/door/quick') {
        kept = signal
        return send(exchange, 200, [], 'done')
      }
      await once(signal, 'abort')
      aborted.resolve(signal.aborted)
    })
    assert.equal((await ask(served.url, { path: '/door/quick' })).status, 200)
    using client = await RawConnection.open(served.url)
    client.head('GET /door HTTP/1.1', 'Host: x')
    setImmediate(() => client.end())
    assert.equal(await aborted.promise, true)
    assert.equal(kept?.aborted, false)
  })

  describe('that go wrong half way are cut off and reported, lest half looks like a whole', () => {
    const fault = new Error('the disk is gone')
    for (const [what, message, received, bytes] of [
      [
        'where the content fails',
        /^the disk is gone$/,
        'half',
        async function* () {
          yield Buffer.from('half')
          throw fault
        },
      ],
      [
        'where the content fails at once',
        /^the disk is gone$/,
        '',
        // biome-ignore lint/correctness/useYield: it fails before it can
        async function* () {
          throw fault
        },
      ],
      [
        'where the content is shorter than announced',
        /^the content ended after 4 of 10 bytes$/,
        'half',
        async function* () {
          yield Buffer.from('half')
        },
      ],
      [
        'where the content is longer than announced',
        /^the content goes on after its 10 bytes$/,
        'half',
        async function* () {
          yield Buffer.from('half')
          yield Buffer.from('and more')
        },
      ],
    ] as const satisfies [string, RegExp, string, () => AsyncGenerator<Uint8Array>][]) {
      it(what, async () => {
        await using served = await serveDoor((exchange) =>
          exchange.path === '/door/next'
            ? send(exchange, 200, [], 'next')
            : sendStream(exchange, 200, ['Content-Length', '10'], bytes()),
        )
        using client = await RawConnection.open(served.url)
        client.head('GET /door HTTP/1.1', 'Host: x', 'X-Request-Id: half-1')
        client.head('GET /door/next HTTP/1.1', 'Host: x')
        const all = await client.untilClosed()
        assert.equal(all.slice(all.indexOf('\r\n\r\n') + 4), received)
        const [{ message: said, error, fields } = assert.fail('nothing was reported'), ...more] =
          served.reports
        assert.deepEqual(more, [])
        assert.equal(said, 'an answer broke off')
        assert.match((error as Error).message, message)
        assert.deepEqual(fields, { method: 'GET', path: '/door', requestId: 'half-1' })
      })
    }

    it('and nothing is said of a client that left', async () => {
      const gone = Promise.withResolvers<void>()
      await using served = await serveDoor((exchange) =>
        sendStream(
          exchange,
          200,
          ['Content-Length', '10'],
          (async function* () {
            yield Buffer.from('half')
            await once(exchange.signal, 'abort')
            gone.resolve()
            exchange.signal.throwIfAborted()
          })(),
        ),
      )
      using client = await RawConnection.open(served.url)
      client.head('GET /door HTTP/1.1', 'Host: x')
      await client.until(/half$/)
      client.end()
      await gone.promise
      await served.server.close(0)
      assert.deepEqual(served.reports, [])
    })
  })
})

describe('the end', () => {
  it('waits for a running request, and takes no more', async () => {
    const begun = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    await using served = await serveDoor(async (exchange) => {
      begun.resolve()
      await go.promise
      send(exchange, 200, [], 'finished')
    })
    using idle = await RawConnection.open(served.url)
    idle.head('GET /nowhere HTTP/1.1', 'Host: x')
    await idle.until(/404/)
    const running = ask(served.url, { path: '/door' })
    await begun.promise
    let ended = false
    const closing = served.server.close(60_000).then(() => {
      ended = true
    })
    await idle.untilClosed()
    await assert.rejects(ask(served.url, { path: '/door' }), { code: 'ECONNREFUSED' })
    assert.equal(ended, false)
    go.resolve()
    assert.equal((await running).text(), 'finished')
    await closing
  })

  it('answers those that the system has let in and that it has not seen yet', async () => {
    await using served = await serveDoor((exchange) => send(exchange, 200, [], 'told'))
    const { port } = served.server.address
    const answers = Array.from({ length: 20 }, async () => {
      const socket = connect(port, '127.0.0.1')
      socket.write('GET /door HTTP/1.1\r\nHost: x\r\n\r\n')
      return await text(socket)
    })
    // By then the system has made the connections, and nobody has looked for them: the loop has not turned.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    await served.server.close(60_000)
    for (const answer of await Promise.all(answers)) assert.match(answer, /^HTTP\/1\.1 200 .*told$/s)
  })

  it('tells clients to make another connection while it is about to close', async () => {
    const leaving = new AbortController()
    const more = { leaving: leaving.signal }
    await using served = await serveDoor((it) => send(it, 200, [], 'told'), {}, undefined, more)
    using client = await RawConnection.open(served.url)
    client.head('GET /door HTTP/1.1', 'Host: x')
    assert.doesNotMatch(await client.until(/told$/), /Connection: close/i)
    leaving.abort()
    client.head('GET /door HTTP/1.1', 'Host: x')
    await client.until(/200 OK.*200 OK.*Connection: close.*told$/is)
    await client.untilClosed()
    const { headers, status } = await ask(served.url, { path: '/door' })
    assert.deepEqual([status, headers.connection], [200, 'close'])
  })

  it('lets a request end whose connection was silent when it was asked to stop, and no longer waits for silent ones', async () => {
    const begun = Promise.withResolvers<void>()
    await using served = await serveDoor(async (exchange) => {
      begun.resolve()
      // Longer than a silent connection is waited for.
      await setTimeout(800)
      send(exchange, 200, [], 'finished')
    })
    using client = await RawConnection.open(served.url)
    using silent = await RawConnection.open(served.url)
    while (served.server.figures().open < 2) await setTimeout(5)
    const closing = served.server.close(60_000)
    client.head('GET /door HTTP/1.1', 'Host: x')
    await begun.promise
    assert.match(await client.until(/finished$/), /^HTTP\/1\.1 200/)
    await closing
    await silent.untilClosed()
  })

  it('cuts off what outlasts the grace', async () => {
    const begun = Promise.withResolvers<void>()
    await using served = await serveDoor(async (exchange) => {
      begun.resolve()
      await once(exchange.signal, 'abort')
    })
    const running = ask(served.url, { path: '/door' })
    const cut = assert.rejects(running, { code: 'ECONNRESET' })
    await begun.promise
    await served.server.close(50)
    await cut
  })
})
