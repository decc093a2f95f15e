import type { Key, Store } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { Value } from '../../../ports/store/table.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import type { OverlayTable } from './overlay-table.ts'

interface WantedRow {
  readonly table: OverlayTable
  readonly id: string
  readonly key: Key
}

interface WantedHolder {
  readonly table: OverlayTable
  readonly unique: string
  readonly at: string
  readonly values: readonly Value[]
}

/**
 * What one commit has read in the base. A question that was not asked before is noted, answered as if there were nothing,
 * and makes `incomplete` true until it was loaded: whoever asked then begins again.
 */
export class BaseFacts {
  readonly #base: Store
  readonly #rows = new Map<string, KeptRow | undefined>()
  readonly #holders = new Map<string, string | undefined>()
  #wantedRows = new Map<string, WantedRow>()
  #wantedHolders = new Map<string, WantedHolder>()

  constructor(base: Store) {
    this.#base = base
  }

  get incomplete(): boolean {
    return this.#wantedRows.size + this.#wantedHolders.size > 0
  }

  row(table: OverlayTable, id: string, key: Key): KeptRow | undefined {
    const name = `${table.table.name}\0${id}`
    if (!this.#rows.has(name)) this.#wantedRows.set(name, { table, id, key })
    return this.#rows.get(name)
  }

  /** The id of the row that has these values of a unique key. */
  holder(table: OverlayTable, unique: string, at: string, values: readonly Value[]): string | undefined {
    const name = `${table.table.name}\0${unique}\0${at}`
    if (!this.#holders.has(name)) this.#wantedHolders.set(name, { table, unique, at, values })
    return this.#holders.get(name)
  }

  async load(): Promise<void> {
    const rows = Map.groupBy(this.#wantedRows, ([, { table }]) => table)
    const holders = [...this.#wantedHolders]
    this.#wantedRows = new Map()
    this.#wantedHolders = new Map()
    await Promise.all([
      ...Array.from(rows, async ([table, wanted]) => {
        const found = await rowsOf(
          this.#base,
          table,
          wanted.map(([, { key }]) => key),
        )
        for (const [at, [name]] of wanted.entries()) this.#rows.set(name, found[at])
      }),
      ...holders.map(async ([name, { table, unique, values }]) => {
        const found = await this.#base.get(table.table, { unique, values })
        this.#holders.set(name, found && table.idOf(found))
      }),
    ])
  }
}

/** Like `getMany`, of any number of keys. */
export async function rowsOf(
  base: Store,
  table: OverlayTable,
  keys: readonly Key[],
): Promise<(KeptRow | undefined)[]> {
  const rows: (KeptRow | undefined)[] = []
  for (let from = 0; from < keys.length; from += storeLimits.keysPerGetMany) {
    rows.push(...(await base.getMany(table.table, keys.slice(from, from + storeLimits.keysPerGetMany))))
  }
  return rows
}
