import { type MessagePort, parentPort } from 'node:worker_threads'
import { type Admitted, type Answered, type Asked, stop, type Ticket } from './thread-calls.ts'

/** One question that came, and where its answer goes. */
export interface Call<Q> {
  readonly ticket: Ticket
  readonly question: Q
  readonly from: MessagePort
}

/**
 * The answering side of ThreadCalls, for a thread: `onCalls` gets what came in one message, by whichever line; `onStop` is
 * called when the thread that started this one has had all its answers.
 */
export function answerCalls<Q>(onCalls: (calls: readonly Call<Q>[]) => void, onStop: () => void): void {
  if (parentPort === null) throw new Error('only a thread answers calls')
  const starter = parentPort
  const lines = new Set<MessagePort>()
  const listenTo = (line: MessagePort): void => {
    lines.add(line)
    line.on('close', () => lines.delete(line))
    line.on('message', (message: Asked<Q> | Admitted | typeof stop) => {
      if (message === stop) {
        if (line === starter) end()
        else line.close()
      } else if ('admitted' in message) listenTo(message.admitted)
      else onCalls(message.map(([ticket, question]) => ({ ticket, question, from: line })))
    })
  }
  const end = (): void => {
    onStop()
    for (const line of lines) line.close()
  }
  listenTo(starter)
}

/** Answers in the order of their calls; those of one asker travel together. One that is gone gets none. */
export function answerAll<Q, A>(calls: readonly Call<Q>[], answers: readonly A[]): void {
  const byLine = new Map<MessagePort, [Ticket, A][]>()
  calls.forEach(({ from, ticket }, at) => {
    const answered: [Ticket, A] = [ticket, answers[at] as A]
    const others = byLine.get(from)
    if (others === undefined) byLine.set(from, [answered])
    else others.push(answered)
  })
  for (const [line, answered] of byLine) line.postMessage(answered satisfies Answered<A>)
}
