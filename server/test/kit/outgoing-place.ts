import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OutgoingHarness } from '../../src/ports/outgoing/suite.ts'

/** What the contract of `outgoing` asks, on an address of this machine. */
export interface OutgoingPlace extends Omit<OutgoingHarness, 'open'>, AsyncDisposable {}

export async function startOutgoingPlace(host = '127.0.0.1'): Promise<OutgoingPlace> {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const { method, url = '', headers } = request
    asked.push(`${method} ${url}`)
    switch (url) {
      case '/away':
        response.writeHead(302, { Location: '/elsewhere' }).end()
        return
      case '/much':
        response.end(Buffer.alloc(100_000))
        return
      case '/slow':
        response.writeHead(200).write('{')
        return
      case '/nothing':
        response.writeHead(204).end()
        return
      default: {
        const body = Buffer.concat(await request.toArray()).toString()
        const said = { method, authorization: headers.authorization ?? '', body }
        response.writeHead(200, { 'X-Said': 'yes' }).end(JSON.stringify(said))
      }
    }
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const unused = createServer()
  await new Promise<void>((resolve) => unused.listen(0, host, resolve))
  const [port, nowhere] = [server, unused].map((one) => (one.address() as AddressInfo).port)
  await new Promise((resolve) => unused.close(resolve))
  return {
    asked,
    url: `http://${host}:${port}`,
    nowhere: `http://${host}:${nowhere}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
