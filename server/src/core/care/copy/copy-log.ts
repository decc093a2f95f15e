import { RegistryError } from '../../../domain/error.ts'
import { append } from '../../../ports/store/change.ts'
import type { Position, Store } from '../../../ports/store/store.ts'
import type { Log, Row } from '../../../ports/store/table.ts'
import { Batch } from './batch.ts'
import type { CopyRun } from './copy-run.ts'
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
    for await (const { at, row } of entriesOf(core.store, this.#log, this.#after, bounds.rowsPerPage)) {
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
    const { core, target, bounds } = this.#run
    const source = entriesOf(core.store, this.#log, undefined, bounds.rowsPerPage)
    for await (const { row } of entriesOf(target.store, this.#log, undefined, bounds.rowsPerPage)) {
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

/** How many entries a log has, and their digest. */
export async function readLog(store: Pick<Store, 'tail'>, log: Log, limit: number): Promise<RowsDigest> {
  const digest = digestOf(log)
  for await (const { row } of entriesOf(store, log, undefined, limit)) digest.add(row)
  return digest
}

function digestOf({ columns }: Log): RowsDigest {
  return new RowsDigest(Object.keys(columns).sort())
}

async function* entriesOf(
  store: Pick<Store, 'tail'>,
  log: Log,
  after: Position | undefined,
  limit: number,
): AsyncGenerator<{ readonly at: Position; readonly row: Row }, void> {
  let last = after
  for (;;) {
    const { entries } = await store.tail(log, last, limit)
    yield* entries
    const end = entries.at(-1)
    if (end === undefined) return
    last = end.at
  }
}
