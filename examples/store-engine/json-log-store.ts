import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type {
  BatchId,
  Change,
  Find,
  Key,
  Log,
  Outcome,
  Position,
  Row,
  Schema,
  Store,
  StoreCapabilities,
  Stored,
  StorePage,
  Table,
  UniqueKey,
  Value,
} from 'lading'
import { StoreError, schemaVersion, storeLimits } from 'lading'
import * as kit from 'lading/engine'

/** What a batch came to: a line of the file. A row that is null is gone. */
interface Written {
  readonly id: BatchId
  readonly rows: (readonly [table: string, id: string, row: kit.KeptRow | null])[]
  readonly entries: (readonly [log: string, row: Row])[]
}

/** Opens the store in a file, which is made where there is none. @throws StoreError `permanent` for one of another schema */
export async function openJsonLogStore(file: string, schema: Schema, now = Date.now): Promise<Store> {
  const handle = await open(file, 'a+')
  try {
    const store = new JsonLogStore(schema, handle, now)
    await store.replay()
    // The file's name must survive a power cut as well as its content.
    await using folder = await open(dirname(file))
    await folder.sync()
    return store
  } catch (error) {
    await handle.close()
    throw error
  }
}

/**
 * A store that keeps everything in memory, and every change as a line of JSON in a file, flushed before it is answered.
 * One batch after the other: it is right, and not quick.
 */
class JsonLogStore implements Store {
  readonly can: StoreCapabilities = { durable: true, shared: false, snapshot: false }
  readonly #schema: Schema
  readonly #file: FileHandle
  readonly #now: () => number
  readonly #tables = new Map<string, Rows>()
  readonly #logs = new Map<string, Row[]>()
  readonly #ids = new Set<BatchId>()
  #turn: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined
  #broken: unknown

  constructor(schema: Schema, file: FileHandle, now: () => number) {
    this.#schema = schema
    this.#file = file
    this.#now = now
    for (const table of kit.declared(schema).tables.values()) this.#tables.set(table.name, new Rows(table))
    for (const name of kit.declared(schema).logs.keys()) this.#logs.set(name, [])
  }

  async get<R extends Row>(table: Table<R>, key: Key | UniqueKey): Promise<Stored<R> | undefined> {
    return this.#rows(table).read(key) as Stored<R> | undefined
  }

  async getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    const rows = this.#rows(table)
    if (keys.length > storeLimits.keysPerGetMany) throw kit.refused(`${keys.length} keys are too many`)
    return keys.map((key) => rows.read(key) as Stored<R> | undefined)
  }

  async find<R extends Row>(table: Table<R>, query: Find): Promise<StorePage<R>> {
    const rows = this.#rows(table)
    return kit.readPage<R>(rows.declared, query, (index) => rows.order(index))
  }

  async count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    const rows = this.#rows(table)
    const { eq, upTo } = kit.checkedCount(rows.declared, query)
    const { from, to } = rows.order(query.index).placesOf(eq)
    return Math.min(upTo, to - from)
  }

  async tail<R extends Row>(log: Log<R>, after: Position | undefined, limit: number) {
    this.#refuseIfOver()
    const known = kit.tableNamed(kit.declared(this.#schema).logs, 'log', log.name)
    const from = kit.checkedPosition(after)
    const rows = (this.#logs.get(log.name) ?? []).slice(from, from + kit.checkedLimit(limit))
    return {
      entries: rows.map((row, n) => ({
        at: String(from + n + 1) as Position,
        row: kit.copied(known, row) as R,
      })),
    }
  }

  async last(log: Log): Promise<Position | undefined> {
    this.#refuseIfOver()
    const { name } = kit.tableNamed(kit.declared(this.#schema).logs, 'log', log.name)
    return (this.#logs.get(name)?.length || undefined)?.toString() as Position | undefined
  }

  async commit(id: BatchId, changes: readonly Change[]): Promise<Outcome> {
    this.#refuseIfOver()
    const batch = kit.checkedBatch(kit.declared(this.#schema), id, changes, this.#now())
    const mine = this.#turn.then(() => this.#commitInTurn(batch))
    this.#turn = mine.catch(() => undefined)
    return await mine
  }

  async #commitInTurn(batch: kit.CheckedBatch): Promise<Outcome> {
    if (this.#ids.has(batch.id)) return { ok: true }
    const decided = this.#decide(batch)
    if ('ok' in decided) return decided
    await this.#append(decided)
    // Nobody has seen anything of it until now.
    this.#apply(decided)
    return { ok: true }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#turn.then(() => this.#file.close())
    await this.#closing
  }

  /** What the batch would write, or why it cannot be. Changes nothing. */
  #decide({ id, changes }: kit.CheckedBatch): Written | Outcome {
    const written: Written = { id, rows: [], entries: [] }
    // Of this batch: rows that it has written, and values of unique keys that these hold now.
    const touched = new Set<string>()
    const taken = new Set<string>()
    for (const change of changes) {
      if (change.do === 'append') {
        written.entries.push([change.log, change.row])
        continue
      }
      const rows = this.#tables.get(change.table) as Rows
      const before = rows.byId.get(change.id)
      const why = whyNot(rows.declared, before, change)
      if (why !== undefined) return { ok: false, change: change.at, why }
      if (change.do === 'check') continue
      const after = changed(rows.declared, before, change, id)
      const claims = after === null ? [] : rows.holdings(after)
      const clash = claims.find((claim) => {
        const holder = rows.holders.get(claim) ?? change.id
        const held = holder !== change.id && !touched.has(`${change.table} ${holder}`)
        return held || taken.has(`${change.table} ${claim}`)
      })
      if (clash !== undefined) {
        return { ok: false, change: change.at, why: 'exists', uniqueKey: clash.slice(0, clash.indexOf(' ')) }
      }
      touched.add(`${change.table} ${change.id}`)
      for (const claim of claims) taken.add(`${change.table} ${claim}`)
      written.rows.push([change.table, change.id, after])
    }
    return written
  }

  /** Where it fails, nobody knows what is in the file: it has to be opened again, and read. */
  async #append(line: unknown): Promise<void> {
    if (this.#broken !== undefined) throw new StoreError('permanent', 'the file is broken: open it again')
    try {
      await this.#file.appendFile(`${JSON.stringify(line, bytesAsText)}\n`)
      await this.#file.sync()
    } catch (error) {
      this.#broken = error
      throw new StoreError('unknown', 'the file could not be written', { cause: error })
    }
  }

  #apply({ id, rows, entries }: Written): void {
    this.#ids.add(id)
    for (const [table, key, row] of rows) this.#tables.get(table)?.set(key, row)
    for (const [log, row] of entries) this.#logs.get(log)?.push(row)
  }

  /** Makes the state of what the file says. A last line without its end was never answered: it goes. */
  async replay(): Promise<void> {
    const text = await this.#file.readFile('utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length < text.length) await this.#file.truncate(Buffer.byteLength(whole))
    const [head, ...lines] = whole.split('\n').slice(0, -1)
    const version = schemaVersion(this.#schema)
    if (head === undefined) return await this.#append({ version })
    if (JSON.parse(head).version !== version)
      throw kit.refused('the file is of another version of the schema')
    for (const line of lines) this.#apply(JSON.parse(line, textAsBytes))
  }

  #rows(table: Table): Rows {
    this.#refuseIfOver()
    const rows = this.#tables.get(table.name)
    if (rows === undefined) throw kit.refused(`the schema has no table ${table.name}`)
    return rows
  }

  #refuseIfOver(): void {
    if (this.#closing !== undefined) throw kit.closedStore()
  }
}

/** The rows of a table by primary key, by each unique key, and in each declared order that was asked for. */
class Rows {
  readonly declared: kit.DeclaredTable
  readonly byId = new Map<string, kit.KeptRow>()
  readonly holders = new Map<string, string>()
  readonly #orders = new Map<string, kit.OrderedIndex>()

  constructor(table: kit.DeclaredTable) {
    this.declared = table
  }

  read(key: Key | UniqueKey): Row | undefined {
    const { name, key: columns, unique } = this.declared
    if (!('unique' in key)) return this.#copy(kit.sortKey(columns, kit.keptKey(name, columns, key)))
    const ofUnique = unique.get(key.unique)
    if (ofUnique === undefined) throw kit.refused(`table ${name} has no unique key ${key.unique}`)
    return this.#copy(
      this.holders.get(holding(key.unique, kit.sortKey(ofUnique, kit.keptKey(name, ofUnique, key.values)))),
    )
  }

  order(name: string): kit.OrderedIndex {
    const known = this.#orders.get(name)
    if (known !== undefined) return known
    const fresh = new kit.OrderedIndex(this.declared.indexes.get(name) ?? [], this.byId.values())
    this.#orders.set(name, fresh)
    return fresh
  }

  set(id: string, row: kit.KeptRow | null): void {
    const before = this.byId.get(id)
    if (before !== undefined) {
      for (const held of this.holdings(before)) if (this.holders.get(held) === id) this.holders.delete(held)
      for (const order of this.#orders.values()) order.drop(before)
    }
    this.byId.delete(id)
    if (row === null) return
    this.byId.set(id, row)
    for (const held of this.holdings(row)) this.holders.set(held, id)
    for (const order of this.#orders.values()) order.add(row)
  }

  /** The values of its unique keys, each with the name of the key. */
  holdings(row: kit.KeptRow): string[] {
    return Array.from(this.declared.unique, ([name, columns]) => holding(name, kit.sortKeyOf(columns, row)))
  }

  #copy(id: string | undefined): Row | undefined {
    const row = id === undefined ? undefined : this.byId.get(id)
    return row && kit.copied(this.declared, row)
  }
}

const holding = (uniqueKey: string, values: string): string => `${uniqueKey} ${values}`

function whyNot(table: kit.DeclaredTable, before: kit.KeptRow | undefined, change: kit.RowChange) {
  if (change.do === 'insert') return before === undefined ? undefined : ('exists' as const)
  return before === undefined ? ('missing' as const) : kit.failedGuard(table, before, change)
}

function changed(
  table: kit.DeclaredTable,
  before: kit.KeptRow | undefined,
  change: Exclude<kit.RowChange, { do: 'check' }>,
  rev: BatchId,
): kit.KeptRow | null {
  if (change.do === 'remove') return null
  if (change.do === 'patch') return kit.patched(table, before as kit.KeptRow, change, rev)
  return { ...change.row, rev }
}

/** No column begins with a dollar sign. */
const bytesAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { $: Buffer.from(value).toString('base64') } : value

const textAsBytes = (_: string, value: { $?: unknown } | null): unknown =>
  typeof value?.$ === 'string' ? new Uint8Array(Buffer.from(value.$, 'base64')) : value
