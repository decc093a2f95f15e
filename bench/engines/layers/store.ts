import { randomBytes } from 'node:crypto'
import { openPostgresqlStore } from '../../../server/src/adapters/store/postgresql/postgresql-store.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import { artifacts } from '../../../server/src/core/artifacts/tables.ts'
import { blobs } from '../../../server/src/core/content/tables.ts'
import { newBatchId } from '../../../server/src/ports/store/batch-id.ts'
import { append, insert, patch } from '../../../server/src/ports/store/change.ts'
import { type BatchId, type Change, type Store, storeLimits } from '../../../server/src/ports/store/store.ts'
import type { Log, Table } from '../../../server/src/ports/store/table.ts'
import type { Layer, Piece } from '../../library/layers/layer.ts'
import { keysOf, type MadeRow } from '../../library/made-rows.ts'

const tables: ReadonlyMap<string, Table> = new Map(schema.tables.map((table) => [table.name, table]))
const logs: ReadonlyMap<string, Log> = new Map(schema.logs.map((log) => [log.name, log]))
const batchId = (): BatchId => newBatchId(Date.now(), randomBytes)
const decoder = new TextDecoder()

/** The store alone, below all that a registry does: a read is two rows, and a creation is a batch of the same rows. */
export async function storeOn(url: string, pieces: readonly Piece[] = []): Promise<Layer> {
  const store = await openPostgresqlStore({ url }, schema)
  await makeShared(store, pieces)
  return {
    read: async (id) => {
      const found = await store.get(artifacts, [id])
      if (found === undefined) throw new Error(`${id} is not there`)
      const source = await store.get(blobs, [found.source])
      return { id, name: found.name, source: decoder.decode(source?.bytes ?? new Uint8Array()) }
    },
    list: async () => {
      throw new Error('the store reads and creates here, and does nothing else')
    },
    create: async ({ rows }) => {
      const outcome = await store.commit(batchId(), rows.map(changeOf))
      if (!outcome.ok) throw new Error(`a creation was refused: ${outcome.why}`)
      return undefined
    },
    [Symbol.asyncDispose]: () => store.close(),
  }
}

/** The rows that are added to, at nothing: a batch adds to what is there. */
async function makeShared(store: Store, pieces: readonly Piece[]): Promise<void> {
  const shared = new Map<string, Change>()
  for (const { table, row, adds } of pieces.flatMap(({ rows }) => rows)) {
    if (adds === undefined) continue
    const empty = { ...row, ...Object.fromEntries(adds.map((name) => [name, 0])) }
    shared.set(JSON.stringify(keyOf(table, row)), insert(tableNamed(table), empty))
  }
  const changes = [...shared.values()]
  for (let at = 0; at < changes.length; at += storeLimits.changesPerBatch) {
    const part = changes.slice(at, at + storeLimits.changesPerBatch)
    const outcome = await store.commit(batchId(), part)
    if (!outcome.ok) throw new Error(`shared rows were refused: ${outcome.why}`)
  }
}

function changeOf({ table, isLog, row, adds }: MadeRow): Change {
  if (isLog) return append(logNamed(table), row)
  if (adds === undefined) return insert(tableNamed(table), row)
  const sums = Object.fromEntries(adds.map((name) => [name, row[name] as number]))
  return patch(tableNamed(table), keyOf(table, row).slice(1), { add: sums })
}

function keyOf(table: string, row: MadeRow['row']): string[] {
  return [table, ...(keysOf.get(table) ?? []).map((name) => String(row[name]))]
}

function tableNamed(name: string): Table {
  const table = tables.get(name)
  if (table === undefined) throw new Error(`there is no table ${name}`)
  return table
}

function logNamed(name: string): Log {
  const log = logs.get(name)
  if (log === undefined) throw new Error(`there is no log ${name}`)
  return log
}
