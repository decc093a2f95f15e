import type { Find, Key, Page, ReadFrom, RowParts, Stored, UniqueKey } from '../../../ports/store/store.ts'
import type { Row, Table, Value } from '../../../ports/store/table.ts'
import { tableNamed } from '../shared/checked-batch.ts'
import type { Declared, DeclaredTable } from '../shared/declared.ts'
import { countReading, manyReading, pageReading, partsReading, rowReading } from './readings.ts'
import type { Reading } from './statement.ts'

export interface HowToRead {
  /** May lag with `replica`. */
  readonly from?: ReadFrom | undefined
  /** Of few rows by their keys. */
  readonly isShort?: boolean
}

/** Asks the server, or a replica of it. Throws StoreError. */
export type RunReading = <T>(reading: Reading<T>, how: HowToRead) => Promise<T>

/** Of more keys a read is not short: rows may have 64 KiB each. */
const keysOfShort = 32

/** Reads of rows, on whatever connection. */
export class RowReads {
  readonly #tables: Declared
  readonly #run: RunReading

  constructor(tables: Declared, run: RunReading) {
    this.#tables = tables
    this.#run = run
  }

  async get<R extends Row>(
    table: Table<R>,
    key: Key | UniqueKey,
    from?: ReadFrom,
  ): Promise<Stored<R> | undefined> {
    return await this.#run(rowReading<R>(this.#table(table.name), key), { from, isShort: true })
  }

  async getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    const reading = manyReading<R>(this.#table(table.name), keys)
    return keys.length === 0 ? [] : await this.#run(reading, { isShort: keys.length <= keysOfShort })
  }

  async getParts<R extends Row, C extends keyof R>(
    table: Table<R>,
    keys: readonly Key[],
    columns: readonly C[],
  ): Promise<(RowParts<R, C> | undefined)[]> {
    const reading = partsReading<R, C>(this.#table(table.name), keys, columns)
    return keys.length === 0 ? [] : await this.#run(reading, { isShort: keys.length <= keysOfShort })
  }

  async find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>> {
    return await this.#run(pageReading<R>(this.#table(table.name), query), { from: query.from })
  }

  async count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    return await this.#run(countReading(this.#table(table.name), query), {})
  }

  #table(name: string): DeclaredTable {
    return tableNamed(this.#tables.tables, 'table', name)
  }
}
