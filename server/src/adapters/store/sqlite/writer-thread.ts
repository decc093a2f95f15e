import { dirname } from 'node:path'
import { workerData } from 'node:worker_threads'
import type { Schema } from '../../../ports/store/table.ts'
import type { CheckedBatch } from '../shared/checked-batch.ts'
import { declared } from '../shared/declared.ts'
import { answerAll, answerCalls, type Call } from './answer-calls.ts'
import { openForWriting } from './connection.ts'
import { diskTrouble } from './disk-trouble.ts'
import { groupLength } from './group.ts'
import { type Answer, type GroupCounts, GroupWriter } from './group-writer.ts'
import { Reserve } from './reserve.ts'

export interface WriterThreadData {
  readonly file: string
  readonly schema: Schema
  /** Space held back in the file's folder; see Reserve. */
  readonly reserveBytes: number
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

const { file, schema, reserveBytes } = workerData as WriterThreadData
const folder = dirname(file)
const reserve = new Reserve(folder, reserveBytes)
const writer = new GroupWriter({
  schema: declared(schema),
  open: () => openForWriting(file),
  reserve,
  trouble: () => diskTrouble(folder),
})
let queue: Call<WriteQuestion>[] = []
let scheduled = false
const idle = setTimeout(checkpoint, idleMs).unref()

answerCalls<WriteQuestion>(
  (calls) => {
    for (const call of calls) queue.push(call)
    schedule()
  },
  () => {
    // Whoever asks has waited for every answer: the queue is empty.
    clearTimeout(idle)
    writer.close()
  },
)

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
  const length = groupLength(queue.map(({ question }) => question.batch))
  const group = queue.slice(0, length)
  queue = queue.slice(length)
  const now = group.at(-1)?.question.now ?? 0
  const answers = writer.run(
    group.map(({ question }) => question.batch),
    now,
  )
  const counts = { ...writer.counts }
  answerAll(
    group,
    answers.map((answer): WriteAnswer => ({ answer, counts })),
  )
}

function checkpoint(): void {
  try {
    writer.checkpoint()
  } catch {
    // The log keeps what the database lacks; the next one tries again.
  }
  reserve.fill()
}
