import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { PostgresqlServer } from '../../kit/servers/postgresql-server.ts'

/** Stands before a server and makes single statements fail, as somebody who cancels them would; all others pass. */
export interface Spoiler extends AsyncDisposable {
  readonly url: string
  /** The next statement that has the word gets there with another one, which the server does not know. */
  spoil(word: string): void
  /** How many were spoiled. */
  readonly spoiled: number
}

export async function startSpoiler({ host, port, user }: PostgresqlServer): Promise<Spoiler> {
  const words: string[] = []
  let spoiled = 0
  const open = new Set<Socket>()
  const listener = createServer((client) => {
    const server = connect(port, host)
    for (const socket of [client, server]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        for (const each of [client, server]) {
          each.destroy()
          open.delete(each)
        }
      })
    }
    client.on('data', (bytes: Buffer) => {
      const [word] = words
      const at = word === undefined ? -1 : bytes.indexOf(word)
      if (word !== undefined && at >= 0) {
        words.shift()
        spoiled++
        bytes.fill('x', at, at + 1)
      }
      server.write(bytes)
    })
    server.pipe(client)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const own = (listener.address() as AddressInfo).port
  return {
    url: `postgres://${user}@127.0.0.1:${own}/postgres`,
    spoil: (word) => words.push(word),
    get spoiled() {
      return spoiled
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
