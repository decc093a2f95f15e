import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { Columns } from './columns.ts'
import { type CacheSize, damaged, openForAsking } from './connection.ts'
import { indexFormat } from './index-schema.ts'
import { labelColumns } from './labels.ts'

/** So many documents are loaded before a thread looks whether it is to end. */
const sliceRows = 20_000

/** An index as a reader has it: a connection, and columns in memory that follow what is written. */
export class LoadedIndex {
  readonly db: DatabaseSync
  readonly columns: Columns = new Columns()
  /** Told each row that has changed, before the change is put into the columns. */
  readonly onChange: ((row: number) => void)[] = []
  /** Of the state that the columns have. */
  seq = -1
  readonly #statements: Record<'seq' | 'slice' | 'changed' | 'labels', StatementSync>

  constructor(file: string, cache: CacheSize) {
    this.db = openForAsking(file, cache)
    this.#statements = {
      seq: this.#rowsOf("SELECT value FROM meta WHERE key = 'seq'"),
      slice: this.#rowsOf('SELECT row, packed FROM docs WHERE row >= ? ORDER BY row LIMIT ?'),
      changed: this.#rowsOf('SELECT row, packed FROM docs WHERE seq > ? AND seq > 0'),
      labels: this.#rowsOf('SELECT n, label FROM labels WHERE column = ? AND n >= ? ORDER BY n'),
    }
  }

  async load(isEnded: () => boolean): Promise<void> {
    const format = this.db.prepare("SELECT value FROM meta WHERE key = 'format'").get() as
      | { value: unknown }
      | undefined
    if (format?.value !== indexFormat) throw damaged('it is of another format')
    const last = this.db.prepare('SELECT max(row) AS row FROM docs').get() as { row: number | null }
    this.columns.grow((last.row ?? -1) + 1)
    // What changes meanwhile is of a later state, and is looked at again.
    const seq = this.#seq()
    for (let row = 0; !isEnded(); await setImmediate()) {
      const rows = this.#statements.slice.all(row, sliceRows) as unknown as Row[]
      for (const [at, packed] of rows) this.#put(at, packed)
      const end = rows.at(-1)
      if (end === undefined) break
      row = end[0] + 1
    }
    this.#loadLabels()
    this.seq = seq
  }

  /** Everything that is asked by `work` is of one state, and the columns too. */
  atOneState<T>(work: () => T): T {
    this.db.exec('BEGIN')
    try {
      this.#follow()
      return work()
    } finally {
      this.db.exec('COMMIT')
    }
  }

  #follow(): void {
    const seq = this.#seq()
    if (seq === this.seq) return
    for (const row of this.#statements.changed.iterate(this.seq)) {
      const [at, packed] = row as unknown as Row
      for (const tell of this.onChange) tell(at)
      this.#put(at, packed)
    }
    this.#loadLabels()
    this.seq = seq
  }

  #put(row: number, packed: Uint8Array | null): void {
    if (packed !== null) this.columns.put(row, packed)
    else {
      this.columns.grow(row + 1)
      this.columns.remove(row)
    }
  }

  #loadLabels(): void {
    for (let column = 0; column < labelColumns; column++) {
      const labels = this.columns.labels[column] ?? []
      for (const row of this.#statements.labels.iterate(column, labels.length)) {
        const [n, label] = row as unknown as [number, string]
        if (n !== labels.length) throw damaged('labels are missing')
        labels.push(label)
      }
    }
  }

  #seq(): number {
    const row = this.#statements.seq.get() as unknown as [number] | undefined
    if (row === undefined) throw damaged('it does not tell its state')
    return row[0]
  }

  #rowsOf(sql: string): StatementSync {
    const statement = this.db.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
}

type Row = readonly [number, Uint8Array | null]
