import type { Transaction } from '../backend-types.ts'
import { operations } from '../operations.ts'
import { resultOf } from '../result.ts'
import type { OpenTransaction } from './open-transaction.ts'
import type { TransactionContext } from './transaction-context.ts'

/** A transaction as whoever began it holds it. */
export function transactionOn(
  transaction: OpenTransaction,
  context: TransactionContext<OpenTransaction>,
): Transaction {
  const own = operations((work) => {
    // Who works with it has taken the answer: those that have only inherited its context are out.
    context.current()
    return work(transaction.openFace())
  })
  return {
    ...own,
    commit: () => resultOf(() => transaction.commit()),
    rollback: () => resultOf(() => transaction.rollback()),
  }
}
