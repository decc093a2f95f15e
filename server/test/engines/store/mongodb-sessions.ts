import { connect, createServer, type Socket } from 'node:net'
import { type Document, Long } from 'mongodb'
import { answerTo, type Message, Messages, readMessage } from './mongodb-wire.ts'

/**
 * Stands before a server that knows no sessions and says that it is the primary of a replica set. What belongs to sessions
 * and transactions it takes out of commands; one transaction runs after the other, and none is taken back. It holds the
 * commands against the rules of MongoDB's manual for transactions, and against what the engine promises to ask for.
 */
export interface SessionProxy extends AsyncDisposable {
  readonly url: string
  /** What was against a rule, a sentence each. */
  readonly breaches: readonly string[]
  /** How many there were. */
  readonly counts: { begun: number; committed: number; aborted: number }
}

export async function startSessionProxy(upstreamPort: number): Promise<SessionProxy> {
  const rules = new Rules()
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
    relay(client, upstream, { rules, address: () => address })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  const address = `127.0.0.1:${typeof at === 'object' ? at?.port : at}`
  return {
    url: `mongodb://${address}/?replicaSet=rs0`,
    breaches: rules.breaches,
    counts: rules.counts,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function relay(
  client: Socket,
  upstream: Socket,
  { rules, address }: { readonly rules: Rules; readonly address: () => string },
): void {
  const [up, down] = [new Messages(), new Messages()]
  const greetings = new Set<number>()
  const sessions = new Map<number, string>()
  // Messages of a connection go on in their order, also where one waits for its transaction to begin.
  let last: Promise<void> = Promise.resolve()
  client.on('data', (chunk) => {
    for (const bytes of up.add(chunk as Buffer))
      last = last.then(async () => {
        const message = readMessage(bytes)
        const name = commandOf(message.body)
        if (name === 'isMaster' || name === 'ismaster' || name === 'hello') greetings.add(message.requestId)
        const session = rules.look(name, message.body)
        if (name === 'commitTransaction' || name === 'abortTransaction') {
          rules.end(name, session)
          client.write(answerTo(message, { ok: 1 }))
        } else if (name === 'endSessions') client.write(answerTo(message, { ok: 1 }))
        else {
          if (message.body['startTransaction'] === true) await rules.begin(session)
          sessions.set(message.requestId, session)
          upstream.write(message.withBody(withoutSession(message.body)))
        }
      })
  })
  upstream.on('data', (chunk) => {
    for (const bytes of down.add(chunk as Buffer)) {
      const message = readMessage(bytes)
      rules.answered(sessions.get(message.responseTo))
      sessions.delete(message.responseTo)
      client.write(greetings.delete(message.responseTo) ? greeting(message, address()) : bytes)
    }
  })
}

const commandOf = (body: Document): string => Object.keys(body['$query'] ?? body)[0] ?? ''

function withoutSession(body: Document): Document {
  const { lsid: _l, txnNumber: _t, autocommit: _a, startTransaction: _s, $clusterTime: _c, ...rest } = body
  return rest
}

function greeting(message: Message, address: string): Buffer {
  const { primary: _, ...body } = message.body
  return message.withBody({
    ...body,
    setName: 'rs0',
    hosts: [address],
    primary: address,
    me: address,
    ismaster: true,
    secondary: false,
    logicalSessionTimeoutMinutes: 30,
  })
}

const inTransactions = ['find', 'getMore', 'insert', 'update', 'delete', 'aggregate', 'killCursors']
const writes = ['insert', 'update', 'delete', 'findAndModify']

class Rules {
  readonly breaches: string[] = []
  readonly counts: { begun: number; committed: number; aborted: number } = {
    begun: 0,
    committed: 0,
    aborted: 0,
  }
  readonly #open = new Map<string, () => void>()
  readonly #busy = new Set<string>()
  #last: Promise<void> = Promise.resolve()

  /** Notes what is against a rule; answers the session and the number of its transaction. */
  look(name: string, body: Document): string {
    const session = `${body['lsid']?.id?.toString('hex') ?? ''} ${body['txnNumber'] ?? ''}`
    const inTransaction = body['autocommit'] === false
    const told = JSON.stringify(body).slice(0, 300)
    const hold = (rule: string, holds: boolean): void => {
      if (!holds) this.breaches.push(`${rule}: ${told}`)
    }
    const level = body['readConcern']?.level
    const { w, j } = body['writeConcern'] ?? {}
    if (!inTransaction) {
      if (writes.includes(name))
        hold('a write goes to the journals of most servers', w === 'majority' && j === true)
      if (name === 'find' || (name === 'aggregate' && !told.includes('$out')))
        hold('a read sees what most servers have', level === 'majority' || level === 'snapshot')
      return session
    }
    hold('one command at a time in a transaction', !this.#busy.has(session))
    this.#busy.add(session)
    if (name === 'commitTransaction') hold('commits to the journals of most', w === 'majority' && j === true)
    if (name === 'commitTransaction' || name === 'abortTransaction') {
      this.#busy.delete(session)
      return session
    }
    hold('no write concern within a transaction', body['writeConcern'] === undefined)
    hold('only such commands as a transaction takes', inTransactions.includes(name))
    const first = body['startTransaction'] === true
    hold('the first command says which moment is read, the others do not', (level === 'snapshot') === first)
    hold('a transaction is begun once', this.#open.has(session) !== first)
    hold('it has a number', body['txnNumber'] instanceof Long)
    return session
  }

  async begin(session: string): Promise<void> {
    this.counts.begun++
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = this.#last
    this.#last = promise
    this.#open.set(session, resolve)
    await before
  }

  answered(session: string | undefined): void {
    if (session !== undefined) this.#busy.delete(session)
  }

  end(name: 'commitTransaction' | 'abortTransaction', session: string): void {
    if (name === 'commitTransaction') this.counts.committed++
    else this.counts.aborted++
    this.#open.get(session)?.()
    this.#open.delete(session)
  }
}
