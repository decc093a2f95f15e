import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Client } from 'pg'
import type { Row } from '../../../server/src/ports/store/table.ts'
import { type CopyColumn, copyEnd, copyHead, copyRow } from './copy-format.ts'

/** What the driver hands to a query of somebody's own; its types do not tell of it. */
interface CopyConnection {
  readonly stream: Socket
  query(sql: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** Sent together: a message for each row would cost more than the row. */
const bytesAtOnce = 256 * 1024

const quoted = (name: string): string => `"${name}"`

/** Rows on their way into an empty table, on a connection of their own. */
export class CopyIn implements AsyncDisposable {
  readonly #client: Client
  readonly #columns: readonly CopyColumn[]
  readonly #ended = Promise.withResolvers<void>()
  readonly #begun = Promise.withResolvers<CopyConnection>()
  #held: Buffer[] = [copyHead]
  #bytes = copyHead.length
  #writing: Promise<void> = Promise.resolve()
  rows = 0

  private constructor(client: Client, columns: readonly CopyColumn[]) {
    this.#client = client
    this.#columns = columns
    this.#ended.promise.catch((error: unknown) => this.#begun.reject(error))
    this.#begun.promise.catch(() => {})
  }

  /** In one transaction with the emptying of the table, so that a server of `wal_level=minimal` writes no log of it. */
  static async begin(url: string, table: string, columns: readonly CopyColumn[]): Promise<CopyIn> {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    await client.query(`BEGIN; TRUNCATE ${quoted(table)}`)
    const copy = new CopyIn(client, columns)
    copy.#submit(
      `COPY ${quoted(table)} (${columns.map(({ name }) => quoted(name)).join(', ')}) FROM STDIN (FORMAT binary)`,
    )
    await copy.#begun.promise
    return copy
  }

  add(row: Row): void {
    const bytes = copyRow(this.#columns, row)
    this.#held.push(bytes)
    this.#bytes += bytes.length
    this.rows += 1
    if (this.#bytes >= bytesAtOnce) this.#flush()
  }

  /** Settles once what was given is with the operating system, or rejects where it will not get there. */
  async drained(): Promise<void> {
    await this.#writing
  }

  /** The rows are there on return. */
  async finish(): Promise<void> {
    this.#held.push(copyEnd)
    this.#flush()
    await this.#writing
    const connection = await this.#begun.promise
    connection.endCopyFrom()
    await this.#ended.promise
    await this.#client.query('COMMIT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end()
  }

  #flush(): void {
    const chunk = Buffer.concat(this.#held)
    this.#held = []
    this.#bytes = 0
    this.#writing = this.#writing.then(async () => {
      const connection = await this.#begun.promise
      connection.sendCopyFromChunk(chunk)
      if (connection.stream.writableNeedDrain)
        await Promise.race([once(connection.stream, 'drain'), this.#ended.promise])
    })
    this.#writing.catch(() => {})
  }

  #submit(sql: string): void {
    const { resolve, reject } = this.#ended
    this.#client.query({
      submit: (connection: CopyConnection) => connection.query(sql),
      handleCopyInResponse: (connection: CopyConnection) => this.#begun.resolve(connection),
      handleCommandComplete: () => {},
      handleError: (error: unknown) => reject(error),
      handleReadyForQuery: () => resolve(),
    } as never)
  }
}
