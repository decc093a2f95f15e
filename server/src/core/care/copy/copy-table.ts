import { insert, put, remove } from '../../../ports/store/change.ts'
import type { Stored } from '../../../ports/store/store.ts'
import type { Row, Table } from '../../../ports/store/table.ts'
import { Batch } from './batch.ts'
import type { CopyRun } from './copy-run.ts'
import { equalValues, type Finding, mergeRows, type Pair, rowsByKey } from './merge-rows.ts'
import { RowsDigest } from './rows-digest.ts'
import { asCopied, lastingColumns } from './what-is-copied.ts'

/** What one pass has found of one table. */
export interface TableSeen {
  /** Rows of the source that are copied, as the pass came by. */
  readonly rows: number
  /** Rows that were not the same, beyond what passes by itself. */
  readonly changed: number
  /** Over what has to be equal, of the source and of the target as it was found. Absent where nothing has to be. */
  readonly digests?: { readonly source: string; readonly target: string }
}

/** Makes one table of the target what the source has, and answers how much was another. */
export async function copyTable(run: CopyRun, table: Table, reads: Finding): Promise<TableSeen> {
  const removed = table.unique === undefined ? 0 : await removeFirst(run, table, reads)
  const seen = new TableSeeing(table)
  const batch = new Batch((changes) => run.claim.write(changes), run.bounds)
  for await (const pair of pairsOf(run, table, reads)) {
    run.signal.throwIfAborted()
    const another = seen.see(pair)
    run.progress({ phase: `copying ${table.name}`, done: seen.rows, unit: 'rows' })
    if (!another) continue
    const { source, target } = pair
    if (source !== undefined) {
      await batch.add(target === undefined ? insert(table, source) : put(table, source, target.rev))
      run.copied.rows++
    } else if (target !== undefined) {
      await batch.add(remove(table, keyOf(table, target), { rev: target.rev }))
      run.copied.removedRows++
    }
  }
  await batch.flush()
  return seen.result(removed)
}

/**
 * A name that another row has taken over stands in the way of that row. So what goes, and what changes its name, goes before
 * anything comes. Answers how many rows that were.
 */
async function removeFirst(run: CopyRun, table: Table, reads: Finding): Promise<number> {
  if ((await run.target.store.count(table, { index: 'key', upTo: 1 })) === 0) return 0
  const unique = Object.values(table.unique ?? {}).flat()
  const batch = new Batch((changes) => run.claim.write(changes), run.bounds)
  let removed = 0
  for await (const { source, target } of pairsOf(run, table, reads)) {
    run.signal.throwIfAborted()
    if (target === undefined) continue
    if (source !== undefined && unique.every((column) => equalValues(source[column], target[column])))
      continue
    await batch.add(remove(table, keyOf(table, target), { rev: target.rev }))
    removed++
  }
  await batch.flush()
  run.copied.removedRows += removed
  return removed
}

/** The source's rows as they stand in the target. */
export function pairsOf(run: CopyRun, table: Table, reads: Finding): AsyncGenerator<Pair, void> {
  const { rowsPerPage } = run.bounds
  const source = async function* (): AsyncGenerator<Row, void> {
    for await (const row of rowsByKey(reads, table, rowsPerPage)) {
      const copied = asCopied(table, row)
      if (copied !== undefined) yield copied
    }
  }
  const target = async function* (): AsyncGenerator<Stored, void> {
    for await (const row of rowsByKey(run.target.store, table, rowsPerPage)) {
      if (asCopied(table, row) !== undefined) yield row
    }
  }
  return mergeRows(table, source(), target())
}

export const keyOf = (table: Table, row: Row): Row[string][] => table.key.map((column) => row[column])

/** Counts and compares the rows of a table, pair by pair. */
export class TableSeeing {
  readonly #columns: readonly string[]
  readonly #lasting: readonly string[] | undefined
  readonly #source: RowsDigest
  readonly #target: RowsDigest
  rows = 0
  changed = 0

  /** `own`: columns that the target has for itself. */
  constructor(table: Table, own: readonly string[] = []) {
    this.#columns = Object.keys(table.columns).filter((column) => !own.includes(column))
    this.#lasting = lastingColumns(table)
    this.#source = new RowsDigest(this.#lasting ?? [])
    this.#target = new RowsDigest(this.#lasting ?? [])
  }

  /** Whether the two are another. */
  see({ source, target }: Pair): boolean {
    if (source !== undefined) {
      this.rows++
      this.#source.add(source)
    }
    if (target !== undefined) this.#target.add(target)
    const equal = (column: string): boolean => equalValues(source?.[column], target?.[column])
    if (source !== undefined && target !== undefined && this.#columns.every(equal)) return false
    const gone = source === undefined || target === undefined
    if (this.#lasting !== undefined && (gone || !this.#lasting.every(equal))) this.changed++
    return true
  }

  result(removed = 0): TableSeen {
    const digests = { source: this.#source.digest(), target: this.#target.digest() }
    return {
      rows: this.rows,
      changed: this.changed + removed,
      ...(this.#lasting === undefined ? {} : { digests }),
    }
  }
}
