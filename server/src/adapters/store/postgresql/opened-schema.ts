import type { Client, ClientBase } from 'pg'
import { StoreError } from '../../../ports/store/errors.ts'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { connectFault } from '../../shared/postgresql-connect-fault.ts'
import { refuseNewer } from './refuse-schema.ts'
import { announce, inTurn } from './schema-locks.ts'
import { openSession, type Reach, type SchemaWaits } from './schema-session.ts'
import { stateOf } from './schema-state.ts'
import { takeAway } from './take-steps.ts'
import { viewChanges } from './views.ts'

export interface OpenedOptions {
  /** How often it is looked whether what older processes needed can go, in ms. */
  readonly contractEveryMs?: number
  /** What people should know later on: that something could not be taken away. */
  readonly onTrouble?: (error: StoreError) => void
}

export interface OpenedParts {
  readonly client: Client
  readonly reach: Reach
  readonly schema: Schema
  readonly waits: SchemaWaits
  readonly warnings: readonly string[]
  /** The schema of PostgreSQL, where it was not there. */
  readonly made: string | undefined
  readonly pending: boolean
  readonly options: OpenedOptions
}

const defaultEveryMs = 30_000

/**
 * A process at work with a schema: as long as its connection is there, no later release takes away what it needs. A lost
 * connection is made again; what was taken away meanwhile is told by `overtaken`.
 */
export class OpenedSchema implements AsyncDisposable {
  /** What people should know, one sentence each. */
  readonly warnings: readonly string[]
  /** The schema of PostgreSQL that was made for it, where the one that is named was not there. */
  readonly made: string | undefined
  readonly #parts: OpenedParts
  readonly #timer: NodeJS.Timeout
  #client: Client
  #pending: boolean
  #overtaken: StoreError | undefined
  #isLost = false
  #isClosed = false
  #round: Promise<unknown> = Promise.resolve()

  constructor(parts: OpenedParts) {
    this.warnings = parts.warnings
    this.made = parts.made
    this.#parts = parts
    this.#pending = parts.pending
    this.#client = parts.client
    this.#watch(parts.client)
    const every = parts.options.contractEveryMs ?? defaultEveryMs
    this.#timer = setInterval(() => this.#look(), every).unref()
  }

  /** Something stands yet that only an older release needs. */
  get pending(): boolean {
    return this.#pending
  }

  /** Set once a later release has taken away what this one needs: it can only be stopped. */
  get overtaken(): StoreError | undefined {
    return this.#overtaken
  }

  /** Takes away what no process at work needs. True where nothing is left of it. Throws StoreError. */
  contract(): Promise<boolean> {
    const next = this.#round.then(async () => {
      if (this.#isClosed) throw new StoreError('permanent', 'the store is closed')
      const { schema, waits } = this.#parts
      try {
        await this.#present()
        const client = this.#client
        if (this.#overtaken !== undefined) throw this.#overtaken
        if (!this.#pending) return true
        const isDone = await inTurn(client, waits, async () => {
          const done = await contractNow(client, schema, waits)
          for (const sql of await viewChanges(client, schema)) await client.query(sql)
          return done
        })
        this.#pending = !isDone
        return isDone
      } catch (error) {
        throw connectFault(error, this.#client)
      }
    })
    this.#round = next.catch(() => {})
    return next
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#round
    await this.#client.end().catch(() => {})
  }

  #look(): void {
    if (!this.#pending && !this.#isLost) return
    this.contract().catch((error: unknown) => {
      if (!this.#isClosed) this.#parts.options.onTrouble?.(connectFault(error, this.#client))
    })
  }

  #watch(client: Client): void {
    client.once('end', () => {
      if (this.#isClosed || client !== this.#client) return
      this.#isLost = true
      this.#look()
    })
  }

  /** Where the connection was lost, another one, on which it is told again that this process is at work. */
  async #present(): Promise<void> {
    if (!this.#isLost) return
    const { reach, schema, waits } = this.#parts
    const version = schemaVersion(schema)
    const client = await openSession(reach, waits)
    try {
      await inTurn(client, waits, async () => {
        const { contracted } = await stateOf(client)
        if (contracted > version) this.#overtaken = overtakenBy(contracted, version)
        else await announce(client, version)
      })
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
    await this.#client.end().catch(() => {})
    this.#client = client
    this.#isLost = false
    this.#watch(client)
  }
}

const overtakenBy = (contracted: number, version: number): StoreError =>
  new StoreError(
    'permanent',
    `a later release has brought the database to schema version ${contracted} while this one, of version ${version}, ` +
      'was cut off from it: stop this one',
  )

/** Takes away what no process at work needs. In one's turn. True where nothing is left of it. */
async function contractNow(client: ClientBase, schema: Schema, waits: SchemaWaits): Promise<boolean> {
  const state = await stateOf(client)
  refuseNewer(state, schema)
  await takeAway({ client, schema, waits }, state)
  const { contracted, version } = await stateOf(client)
  return contracted >= version
}
