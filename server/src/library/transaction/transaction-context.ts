import { AsyncLocalStorage } from 'node:async_hooks'

/** What a context can be in. */
export interface Joinable {
  /** Whoever is in it is out of it again. */
  readonly hasEnded: boolean
}

interface Entry<T> {
  readonly transaction: T
  readonly outer: Frame<T> | undefined
  /** The code that called `enter` has come to its first wait. */
  settled: boolean
  /** Whoever took the answer has worked in it. */
  taken: boolean
}

interface Frame<T> {
  readonly entry: Entry<T>
  /** Of whoever took the answer, and of what that has begun since. */
  readonly confirmed: boolean
}

/**
 * Which transaction an async context is in.
 *
 * A function that is called can enter only the context of its caller, and what that caller's caller begins before it waits
 * for anything inherits it: with `Promise.all([begins(), other()])` the second one too, which has nothing to do with it. So
 * a context that was entered counts as follows. In the code that ran on in the same turn it counts for nothing, since who
 * has begun a transaction waits for it. Who takes the answer is in it for sure. Once one of these has worked in it, those
 * that have only inherited it are out. Until then they are in: the answer may have been taken by a function that was called
 * to do just that.
 */
export class TransactionContext<T extends Joinable> {
  readonly #frames = new AsyncLocalStorage<Frame<T> | undefined>()

  /** To be called in the turn of whoever begins the transaction. Answers what is to be called where the answer is taken. */
  enter(transaction: T): () => void {
    const entry: Entry<T> = { transaction, outer: this.#live(), settled: false, taken: false }
    this.#frames.enterWith({ entry, confirmed: false })
    queueMicrotask(() => {
      entry.settled = true
    })
    return () => {
      if (transaction.hasEnded) return
      this.#frames.enterWith({ entry, confirmed: true })
    }
  }

  /** The innermost one that has not ended; undefined: none. */
  current(): T | undefined {
    const frame = this.#live()
    if (frame?.confirmed) frame.entry.taken = true
    return frame?.entry.transaction
  }

  #live(): Frame<T> | undefined {
    const start = this.#frames.getStore()
    let frame = start
    while (frame !== undefined && !isIn(frame)) frame = frame.entry.outer
    // Nothing is to be walked over, nor held in memory, each time that this context asks again.
    if (frame !== start) this.#frames.enterWith(frame)
    return frame
  }
}

function isIn<T extends Joinable>({ entry, confirmed }: Frame<T>): boolean {
  if (entry.transaction.hasEnded) return false
  return confirmed || (entry.settled && !entry.taken)
}
