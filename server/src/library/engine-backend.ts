import type { BackendOptions } from './backend-options.ts'
import type {
  Artifact,
  ArtifactChanges,
  ArtifactFilter,
  ArtifactVersion,
  Backend,
  FindOptions,
  Health,
  NewArtifact,
  NewVersion,
  Page,
  Transaction,
} from './backend-types.ts'
import { Connection, notConnected, type OpenEngines } from './connection.ts'
import { type Embedded, type EmbeddedBackend, embedded } from './embedded.ts'
import { registryErrorOf } from './errors.ts'
import { operations } from './operations.ts'
import { outcomeOf } from './outcome-of.ts'
import { type CheckedOptions, readOptions } from './read/read-options.ts'
import { type Result, resultOf } from './result.ts'
import type { OpenTransaction } from './transaction/open-transaction.ts'
import { TransactionContext } from './transaction/transaction-context.ts'
import { transactionOn } from './transaction/transaction-on.ts'

/** A backend that other faces of the library can stand on. Only `connect` opens anything. */
type EmbeddingBackend = Backend & EmbeddedBackend

class OnEngines implements EmbeddingBackend {
  readonly #open: OpenEngines
  readonly #options: () => CheckedOptions
  readonly #context = new TransactionContext<OpenTransaction>()
  readonly #own = operations((work) => work(this[embedded]()))
  #connection: Connection | undefined
  /** One after the other: who disconnects while it connects waits for that. */
  #turn: Promise<unknown> = Promise.resolve()

  /** @param own names of the options that `open` looks at itself */
  constructor(open: OpenEngines, options: BackendOptions, own: readonly string[] = []) {
    this.#open = open
    this.#options = outcomeOf(() => readOptions(options, own))
  }

  connect(): Promise<Result<void>> {
    return this.#inTurn(async () => {
      this.#connection ??= await Connection.open(this.#open, this.#options())
    })
  }

  /** Rolls open transactions back, and waits for what is under way. */
  disconnect(): Promise<Result<void>> {
    return this.#inTurn(async () => {
      const connection = this.#connection
      this.#connection = undefined
      await connection?.close()
    })
  }

  healthCheck(): Promise<Result<Health>> {
    return resultOf(async () => {
      const unconnected: Health = { healthy: false, parts: { connection: notConnected().message } }
      return (await this.#connection?.health()) ?? unconnected
    })
  }

  create(artifact: NewArtifact): Promise<Result<Artifact>> {
    return this.#own.create(artifact)
  }

  read(id: string): Promise<Result<Artifact>> {
    return this.#own.read(id)
  }

  update(id: string, changes: ArtifactChanges): Promise<Result<Artifact>> {
    return this.#own.update(id, changes)
  }

  delete(id: string): Promise<Result<void>> {
    return this.#own.delete(id)
  }

  purge(id: string): Promise<Result<void>> {
    return this.#own.purge(id)
  }

  find(options?: FindOptions): Promise<Result<Page<Artifact>>> {
    return this.#own.find(options)
  }

  count(options?: { readonly filter?: ArtifactFilter }): Promise<Result<number>> {
    return this.#own.count(options)
  }

  createVersion(id: string, version: NewVersion): Promise<Result<ArtifactVersion>> {
    return this.#own.createVersion(id, version)
  }

  listVersions(id: string): Promise<Result<readonly ArtifactVersion[]>> {
    return this.#own.listVersions(id)
  }

  getVersion(id: string, version: string): Promise<Result<ArtifactVersion>> {
    return this.#own.getVersion(id, version)
  }

  /** Begins at once: whoever calls this is in the turn in which its context can be entered. */
  beginTransaction(): Promise<Result<Transaction>> {
    try {
      if (this.#connection === undefined) throw notConnected()
      const transaction = this.#connection.begin()
      const taken = this.#context.enter(transaction)
      return Promise.resolve(answer(transactionOn(transaction, this.#context), taken))
    } catch (error) {
      return Promise.resolve({ ok: false, error: registryErrorOf(error) })
    }
  }

  [embedded](): Embedded {
    const transaction = this.#context.current()
    if (transaction !== undefined) return transaction.openFace()
    if (this.#connection === undefined) throw notConnected()
    return this.#connection.face
  }

  #inTurn(work: () => Promise<void>): Promise<Result<void>> {
    const turn = this.#turn.then(() => resultOf(work))
    this.#turn = turn
    return turn
  }
}

/** Who looks at it has waited for it, and is the one that the transaction is for. */
function answer(transaction: Transaction, taken: () => void): Result<Transaction> {
  return {
    get ok() {
      taken()
      return true as const
    },
    get value() {
      taken()
      return transaction
    },
  }
}

/** What all of Lading's own backends are, on whatever engines. */
export const EngineBackend: new (
  open: OpenEngines,
  options: BackendOptions,
  own?: readonly string[],
) => EmbeddingBackend = OnEngines
