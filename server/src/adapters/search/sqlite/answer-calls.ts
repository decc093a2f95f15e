import { parentPort, workerData } from 'node:worker_threads'
import { searchErrorOf } from './connection.ts'
import { type Answered, type Asked, type Calls, givenUpSlots, type SharedData, stop } from './thread-calls.ts'

/** Whether who asked still waits. A thread asks this between two pieces of its work. */
export type IsGivenUp = () => boolean

export type Answers<C extends Calls> = {
  readonly [K in keyof C]: (
    asked: C[K]['asked'],
    isGivenUp: IsGivenUp,
  ) => C[K]['answer'] | Promise<C[K]['answer']>
}

/** The answering side of ThreadLine, for a thread: one question after the other. */
export function answerCalls<C extends Calls>(answers: Answers<C>, onStop: () => void | Promise<void>): void {
  if (parentPort === null) throw new Error('only a thread answers calls')
  const port = parentPort
  const givenUp = new Int32Array((workerData as SharedData).givenUp)
  const answer = async ({ ticket, call, asked }: Asked): Promise<void> => {
    const isGivenUp = (): boolean => Atomics.load(givenUp, ticket % givenUpSlots) === ticket
    if (isGivenUp()) return
    try {
      const answered = await answers[call as keyof C](asked, isGivenUp)
      port.postMessage({ ticket, answer: answered } satisfies Answered)
    } catch (error) {
      const { kind, message } = searchErrorOf(error)
      port.postMessage({ ticket, error: kind, message } satisfies Answered)
    }
  }
  let turn = Promise.resolve()
  port.on('message', (message: Asked | typeof stop) => {
    turn = turn.then(async () => {
      if (message !== stop) return await answer(message)
      await onStop()
      port.close()
    })
  })
}
