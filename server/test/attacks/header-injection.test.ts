import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRegistryError } from '../../src/domain/error.ts'
import type { Exchange } from '../../src/http/exchange.ts'
import { send } from '../../src/http/send.ts'
import { callerOf } from '../core/kit.ts'
import { serveDoor } from '../http/serve-door.ts'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { RawConnection } from '../kit/raw-connection.ts'

const injected = '%0d%0aX-Injected:%20yes%0d%0a%0d%0a<script>'
const isInjected = (answer: string): boolean =>
  /^X-Injected: yes\r?$/m.test(answer.split('\r\n\r\n')[0] ?? '')

/** A door that writes down what a link says, without a look at it. */
function carelessly(exchange: Exchange): void {
  send(exchange, 303, ['Location', decodeURIComponent(exchange.search.slice('next='.length))])
}

/** A head goes out as it is written: what Node looks at before it writes one is not looked at. */
function unlookedAt({ response }: Exchange): void {
  const writeHead = (status: number, headers: readonly string[]): typeof response => {
    const lines = headers.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${headers[at + 1]}`] : []))
    response.socket?.end(`HTTP/1.1 ${status} -\r\n${lines.join('\r\n')}\r\n\r\n`)
    return response
  }
  Object.assign(response, { writeHead, end: () => response })
}

async function answerOf(url: string): Promise<string> {
  using client = await RawConnection.open(url)
  client.head(`GET /door?next=/${injected} HTTP/1.1`, 'Host: x', 'Connection: close')
  return await client.untilClosed()
}

describe('lines in what a client says', () => {
  it('become headers of the answer where nothing looks at them', async () => {
    await using served = await serveDoor((exchange) => {
      unlookedAt(exchange)
      carelessly(exchange)
    })
    const answer = await answerOf(served.url)
    assert.ok(isInjected(answer), answer)
    assert.match(answer, /\r\n\r\n<script>/)
  })

  it('become no headers, even where a door writes them down as they are: that is a fault, and told', async () => {
    await using served = await serveDoor(carelessly)
    const answer = await answerOf(served.url)
    assert.match(answer, /^HTTP\/1\.1 500 /)
    assert.ok(!answer.includes('Injected'), answer)
    assert.equal(served.reported.length, 1)
  })

  it('become no headers of a letter', async () => {
    const letters: string[] = []
    await using registry = await startWithAccounts({
      mail: { send: async ({ to }) => void letters.push(to), close: async () => undefined },
    })
    const ada = callerOf({ kind: 'user', name: 'ada' })
    const { accounts } = registry.composed.registry
    for (const odd of [
      'ada@example.com\r\nBcc: eve@evil.example',
      'ada@example.com\nSubject: x',
      'ada@example.com, eve@evil.example',
      'Eve <eve@evil.example>',
      'ada@example.com>\r\nRCPT TO:<eve@evil.example',
    ])
      await assert.rejects(accounts.changeEmail(ada, odd), (error) =>
        isRegistryError(error, 'account-invalid'),
      )
    await registry.clock.advance(5_000)
    assert.deepEqual(letters, [])
  })
})
