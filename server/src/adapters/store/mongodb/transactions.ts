import type { ClientSession, MongoClient } from 'mongodb'
import type { MongodbWaits } from './options.ts'

/** Disposal takes back what was not committed. */
export interface Transaction extends AsyncDisposable {
  /** For the commands of it. */
  readonly session: ClientSession | undefined
  commit(): Promise<void>
}

export type BeginTransaction = () => Promise<Transaction>

/** Reads of one moment, and a commit that most servers have in their journals. */
export function transactionsOf(client: MongoClient, { operation }: MongodbWaits): BeginTransaction {
  return async () => {
    const session = client.startSession()
    session.startTransaction({
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority', journal: true, wtimeoutMS: operation },
      readPreference: 'primary',
      maxCommitTimeMS: operation,
    })
    return {
      session,
      commit: () => session.commitTransaction(),
      [Symbol.asyncDispose]: async () => {
        // Where it cannot be taken back now, the server does so by itself.
        if (session.inTransaction()) await session.abortTransaction().catch(() => undefined)
        await session.endSession()
      },
    }
  }
}
