import { connect, createServer, type Socket } from 'node:net'
import type { Document } from 'mongodb'
import { answerTo, Messages, readMessage } from '../store/mongodb-wire.ts'

/** A command: its name, and what goes with it. */
export interface FrontCommand {
  readonly name: string
  readonly body: Document
}

/** Stands before a server, sees its commands, and may answer them itself. */
export interface MongodbFront extends AsyncDisposable {
  readonly url: string
  /** Undefined: the server answers. */
  means: (command: FrontCommand) => Promise<Document | undefined>
}

const greetings = ['ismaster', 'isMaster', 'hello']

export async function startMongodbFront(upstreamPort: number): Promise<MongodbFront> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    upstream.pipe(client)
    const up = new Messages()
    // A connection carries one command at a time.
    client.on('data', async (chunk) => {
      for (const bytes of up.add(chunk as Buffer)) {
        const message = readMessage(bytes)
        const name = Object.keys(message.body['$query'] ?? message.body)[0] ?? ''
        const answer = greetings.includes(name) ? undefined : await front.means({ name, body: message.body })
        if (answer === undefined) upstream.write(bytes)
        else client.write(answerTo(message, answer))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  const front: MongodbFront = {
    url: `mongodb://127.0.0.1:${typeof at === 'object' ? at?.port : at}/`,
    means: async () => undefined,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return front
}

/** As the server says that it will not. */
export const refusal = (code: number, codeName: string, errmsg: string): Document => ({
  ok: 0,
  code,
  codeName,
  errmsg,
})
