import { parentPort, workerData } from 'node:worker_threads'
import type { Schema } from '../../../ports/store/table.ts'
import type { CheckedBatch } from '../shared/checked-batch.ts'
import { declared } from '../shared/declared.ts'
import { openForWriting } from './connection.ts'
import { groupLength } from './group.ts'
import { type Answer, type GroupCounts, GroupWriter } from './group-writer.ts'
import { type Answered, type Asked, stop, type Ticket } from './thread-calls.ts'

export interface WriterThreadData {
  readonly file: string
  readonly schema: Schema
}

export interface WriteQuestion {
  readonly batch: CheckedBatch
  /** The asking side's time. */
  readonly now: number
}

export interface WriteAnswer {
  readonly answer: Answer
  readonly counts: GroupCounts
}

/** How long nothing must have come before the write-ahead log is brought in. */
const idleMs = 200

if (parentPort === null) throw new Error('writer-thread runs as a thread only')
const port = parentPort
const { file, schema } = workerData as WriterThreadData
const writer = new GroupWriter({ schema: declared(schema), open: () => openForWriting(file) })
let queue: [Ticket, WriteQuestion][] = []
let scheduled = false
const idle = setTimeout(checkpoint, idleMs).unref()

port.on('message', (message: Asked<WriteQuestion> | typeof stop) => {
  if (message === stop) {
    // The asking side has waited for every answer: the queue is empty.
    clearTimeout(idle)
    writer.close()
    port.close()
    return
  }
  for (const [ticket, question] of message) queue.push([ticket, question])
  schedule()
})

/** After everything that has arrived by now is in the queue. */
function schedule(): void {
  if (scheduled) return
  scheduled = true
  setImmediate(() => {
    scheduled = false
    writeGroup()
    if (queue.length > 0) schedule()
    else idle.refresh()
  })
}

function writeGroup(): void {
  const length = groupLength(queue.map(([, { batch }]) => batch))
  const group = queue.slice(0, length)
  queue = queue.slice(length)
  const now = group.at(-1)?.[1].now ?? 0
  const answers = writer.run(
    group.map(([, { batch }]) => batch),
    now,
  )
  const counts = { ...writer.counts }
  const answered = group.map(([ticket], at) => [ticket, { answer: answers[at] as Answer, counts }] as const)
  port.postMessage(answered satisfies Answered<WriteAnswer>)
}

function checkpoint(): void {
  try {
    writer.checkpoint()
  } catch {
    // The log keeps what the database lacks; the next one tries again.
  }
}
