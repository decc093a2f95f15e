import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { openConfiguredOutgoing } from '../../../src/adapters/outgoing/configured/open-configured-outgoing.ts'
import {
  type GuardedOutgoingOptions,
  openGuardedOutgoing,
} from '../../../src/adapters/outgoing/guarded/open-guarded-outgoing.ts'
import { permittedAddress } from '../../../src/adapters/outgoing/guarded/permitted-address.ts'
import { AddressRanges } from '../../../src/domain/address-ranges.ts'
import { OutgoingError, type OutgoingErrorKind } from '../../../src/ports/outgoing/errors.ts'
import type { Outgoing } from '../../../src/ports/outgoing/outgoing.ts'

/** Stands for an address of the Internet: allowed, unlike its neighbour. */
const outside = '127.0.0.2'
const inside = '127.0.0.1'

interface Place extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly asked: string[]
}

async function serve(host: string, answer: RequestListener): Promise<Place> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.host} ${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://${host}:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const secret: RequestListener = (_, response) => response.end('a secret of the inside')
const redirectTo =
  (location: string, status = 302): RequestListener =>
  (_, response) =>
    response.writeHead(status, { Location: location }).end()

function open(options: Partial<GuardedOutgoingOptions> = {}): Outgoing {
  return openGuardedOutgoing({
    allow: new AddressRanges([outside]),
    timeoutMs: 10_000,
    maxBytes: 1_000,
    maxRedirects: 3,
    ...options,
  })
}

/** Whoever asks this machine for a name is told so from now on. */
function standFor(t: TestContext, address: string): void {
  const dns = process.getBuiltinModule('node:dns')
  const lookup = (
    _name: string,
    options: { readonly all?: boolean },
    done: (error: null, ...found: unknown[]) => void,
  ): void => (options.all === true ? done(null, [{ address, family: 4 }]) : done(null, address, 4))
  t.mock.method(dns, 'lookup', lookup as unknown as typeof dns.lookup)
}

const refusedAs = (kind: OutgoingErrorKind) => (error: unknown) =>
  error instanceof OutgoingError && error.kind === kind

describe('an address that a user has named', () => {
  it('is asked, by its name, and its answer is whole', async () => {
    await using place = await serve(outside, (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        response.writeHead(201, { 'X-Two': ['a', 'b'], 'Content-Type': 'text/plain' })
        response.end(`${request.headers['content-type']} ${Buffer.concat(chunks)}`)
      })
    })
    const outgoing = open({ resolve: async () => [outside] })
    const response = await outgoing.fetch(`http://hook.example:${place.port}/a?b=c`, {
      method: 'POST',
      body: new URLSearchParams({ x: 'y z' }),
    })
    assert.deepEqual(
      [response.status, response.headers.get('x-two'), await response.text()],
      [201, 'a, b', 'application/x-www-form-urlencoded;charset=UTF-8 x=y+z'],
    )
    assert.deepEqual(place.asked, [`POST hook.example:${place.port} /a?b=c`])
  })

  it('does not lead to this machine, however it is written', async () => {
    await using place = await serve(inside, secret)
    const { port } = place
    const spelt = [
      `http://127.0.0.1:${port}/`,
      `http://127.1:${port}/`,
      `http://0x7f000001:${port}/`,
      `http://2130706433:${port}/`,
      `http://0177.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://①②⑦.⓪.⓪.①:${port}/`,
    ]
    for (const url of spelt) await assert.rejects(open().fetch(url), refusedAs('refused'), url)
    for (const url of [
      'http://169.254.169.254/latest/meta-data',
      'http://[fd00:ec2::254]/',
      'http://10.0.0.1/',
    ])
      await assert.rejects(open().fetch(url), refusedAs('refused'), url)
    assert.deepEqual(place.asked, [])
    // The attack, where the place is allowed.
    const allowed = open({ allow: new AddressRanges(['127.0.0.0/8']) })
    for (const url of [spelt[0], spelt[2], spelt[7]])
      assert.equal(await (await allowed.fetch(url ?? '')).text(), 'a secret of the inside')
  })

  it('does not lead there by a redirect, at the first or a later one', async () => {
    await using place = await serve(inside, secret)
    await using last = await serve(outside, redirectTo(place.url))
    await using first = await serve(outside, redirectTo(last.url, 307))
    const anywhere = open({ allow: new AddressRanges(['127.0.0.0/8']) })
    for (const url of [last.url, first.url]) {
      await assert.rejects(open().fetch(url), refusedAs('refused'))
      assert.equal(await (await anywhere.fetch(url)).text(), 'a secret of the inside')
    }
    assert.equal(place.asked.length, 2, 'only those that nobody looked at')
    const shown = await open().fetch(last.url, { redirect: 'manual' })
    assert.equal(shown.status, 302)
    await assert.rejects(open().fetch(last.url, { redirect: 'error' }), refusedAs('refused'))
  })

  it('does not lead there by a name that stands for another address a moment later', async (t) => {
    await using place = await serve(inside, secret)
    const rebinding = () => {
      let looked = 0
      return async () => [looked++ === 0 ? outside : inside]
    }
    const url = `http://rebind.example:${place.port}/`
    // The attack, by the same look at the name, and by whoever asks for it by its name afterwards.
    const looked = await permittedAddress(new URL(url), {
      allow: new AddressRanges([outside]),
      resolve: rebinding(),
      signal: AbortSignal.timeout(10_000),
    })
    assert.equal(looked, outside)
    standFor(t, inside)
    const unpinned = openConfiguredOutgoing({ timeoutMs: 10_000, maxBytes: 1_000 })
    assert.equal(await (await unpinned.fetch(url)).text(), 'a secret of the inside')
    place.asked.length = 0
    await assert.rejects(open({ resolve: rebinding() }).fetch(url), refusedAs('unreachable'))
    assert.deepEqual(place.asked, [])
  })

  it('is looked up again for each redirect', async () => {
    await using place = await serve(inside, secret)
    await using first = await serve(outside, (request, response) =>
      redirectTo(`http://rebind.example:${place.port}/`)(request, response),
    )
    let looked = 0
    const resolve = async (): Promise<string[]> => [looked++ === 0 ? outside : inside]
    await assert.rejects(
      open({ resolve }).fetch(`http://rebind.example:${first.port}/`),
      refusedAs('refused'),
    )
    assert.deepEqual([looked, place.asked.length], [2, 0])
  })

  it('is refused where any of its name’s addresses may not be asked, and where it has a secret or another scheme', async () => {
    await using place = await serve(outside, secret)
    const resolve = async (): Promise<string[]> => [outside, inside]
    await assert.rejects(open({ resolve }).fetch(`http://both.example:${place.port}/`), refusedAs('refused'))
    for (const url of [
      'file:///etc/passwd',
      'gopher://x/',
      'data:,x',
      'ftp://x/',
      'not a url',
      `http://u:p@${outside}/`,
    ])
      await assert.rejects(open().fetch(url), refusedAs('refused'), url)
    assert.deepEqual(place.asked, [])
  })

  it('is told nothing secret where it is another one than was meant, and no more redirects are followed than are set', async () => {
    const told: unknown[] = []
    await using last = await serve(outside, (request, response) => {
      told.push(request.headers.authorization, request.headers['x-other'], request.method)
      response.end()
    })
    await using first = await serve(outside, redirectTo(last.url))
    const headers = { Authorization: 'Bearer secret', 'X-Other': 'kept' }
    await open().fetch(first.url, { method: 'POST', headers, body: 'x' })
    assert.deepEqual(told, [undefined, 'kept', 'GET'])
    await using loop = await serve(outside, (_, response) => response.writeHead(302, { Location: '/' }).end())
    await assert.rejects(open().fetch(loop.url), refusedAs('refused'))
    assert.equal(loop.asked.length, 4)
  })

  it('has its time and its size', async () => {
    await using large = await serve(outside, (_, response) => response.end('x'.repeat(1_001)))
    await assert.rejects(open().fetch(large.url), refusedAs('too-large'))
    await using silent = await serve(outside, () => undefined)
    await assert.rejects(open({ timeoutMs: 100 }).fetch(silent.url), refusedAs('timeout'))
    await using slow = await serve(outside, (_, response) => response.write('x'))
    await assert.rejects(open({ timeoutMs: 100 }).fetch(slow.url), refusedAs('timeout'))
    const never = (): Promise<string[]> => new Promise(() => undefined)
    await assert.rejects(
      open({ timeoutMs: 100, resolve: never }).fetch('http://a.example'),
      refusedAs('timeout'),
    )
    const gone = AbortSignal.abort(new Error('the caller has gone'))
    await assert.rejects(open().fetch(silent.url, { signal: gone }), /the caller has gone/)
  })
})
