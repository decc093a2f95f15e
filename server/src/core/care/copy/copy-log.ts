import { RegistryError } from '../../../domain/error.ts'
import { append } from '../../../ports/store/change.ts'
import type { Position } from '../../../ports/store/store.ts'
import type { Log, Row } from '../../../ports/store/table.ts'
import { Batch } from './batch.ts'
import type { CopyRun } from './copy-run.ts'
import { type LogReading, type Logs, logEntries } from './log-entries.ts'
import { equalValues } from './merge-rows.ts'
import { RowsDigest } from './rows-digest.ts'

/** What one log of the target lacks, over all passes of one run. */
export class LogCopy {
  readonly #run: CopyRun
  readonly #log: Log
  readonly #seen: RowsDigest
  #after: Position | undefined
  #isBegun = false

  constructor(run: CopyRun, log: Log) {
    this.#run = run
    this.#log = log
    this.#seen = digestOf(log)
  }

  /** Of the source's entries that the target has. */
  get seen(): RowsDigest {
    return this.#seen
  }

  /** Answers how many entries there were to be copied. @throws RegistryError `parameter-invalid` where the target's are others */
  async run(): Promise<number> {
    const { core, bounds, signal, claim, copied, progress } = this.#run
    if (!this.#isBegun) await this.#passOver()
    const batch = new Batch((changes) => claim.write(changes), bounds)
    let added = 0
    for await (const { at, row } of logEntries(core.store, this.#log, this.#after, readingOf(this.#run))) {
      signal.throwIfAborted()
      await batch.add(append(this.#log, row))
      this.#seen.add(row)
      this.#after = at
      added++
      copied.entries++
      progress({ phase: `copying ${this.#log.name}`, done: this.#seen.count, unit: 'rows' })
    }
    await batch.flush()
    return added
  }

  /** What an earlier run has copied: an entry cannot be taken back, so they have to be the source's first ones. */
  async #passOver(): Promise<void> {
    const { core, target } = this.#run
    const reading = readingOf(this.#run)
    const source = logEntries(core.store, this.#log, undefined, reading)
    for await (const { row } of logEntries(target.store, this.#log, undefined, reading)) {
      const next = await source.next()
      if (next.done === true || !this.#isSame(next.value.row, row)) throw this.#foreign()
      this.#seen.add(row)
      this.#after = next.value.at
    }
    await source.return()
    this.#isBegun = true
  }

  #isSame(one: Row, other: Row): boolean {
    return Object.keys(this.#log.columns).every((column) => equalValues(one[column], other[column]))
  }

  #foreign(): RegistryError {
    const reason = `its log ${this.#log.name} has entries that the source does not have there, and entries cannot be taken back: begin anew, in an empty place`
    return new RegistryError('parameter-invalid', { parameter: 'to', reason })
  }
}

export function readingOf({ core, bounds, signal }: CopyRun): LogReading {
  return { clock: core.clock, signal, limit: bounds.rowsPerPage, endTime: bounds.logEndTime }
}

/** How many entries a log has, and their digest. */
export async function readLog(store: Logs, log: Log, reading: LogReading): Promise<RowsDigest> {
  const digest = digestOf(log)
  for await (const { row } of logEntries(store, log, undefined, reading)) digest.add(row)
  return digest
}

function digestOf({ columns }: Log): RowsDigest {
  return new RowsDigest(Object.keys(columns).sort())
}
