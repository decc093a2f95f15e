import type { Collection, Db } from 'mongodb'
import type { RowDocument } from './documents.ts'

/** `touched`: hashes of rows, for followers. A beat of a follower has no state. */
export interface BatchDocument {
  readonly _id: string
  readonly state?: 'applied' | 'void'
  readonly touched?: readonly number[]
  /** From when on its time runs: see `idsKeptSeconds`. */
  readonly at: Date
}

/** `_id` 'schema'. */
export interface SchemaDocument {
  readonly _id: string
  readonly version: number
  /** Random, made once. */
  readonly era: string
  /** Who is about to change tables: no process may begin to work meanwhile. */
  readonly announced?: string
  /** The version that tables are on their way to. */
  readonly changing?: number
}

/** A process that works at this version of the schema, or one that migrates. */
export interface ProcessDocument {
  readonly _id: string
  readonly version: number
  /** For people: host and number of the process. */
  readonly who: string
  /** The last sign of life, by the server's clock. */
  readonly beat?: Date
  /** How many there were: who has given another one since is told by it. */
  readonly beats?: number
}

export interface LogDocument {
  readonly _id: string
  /** The position of the last entry. */
  readonly last: number
}

/** What the engine keeps beside the tables and logs, each of which is a collection of its name. */
export const ownNames: {
  readonly batches: string
  readonly schema: string
  readonly processes: string
  readonly logs: string
} = {
  batches: 'lading_batches',
  schema: 'lading_schema',
  processes: 'lading_processes',
  logs: 'lading_logs',
}

export const ownPrefix = 'lading_'

export interface Collections {
  readonly batches: Collection<BatchDocument>
  readonly schema: Collection<SchemaDocument>
  readonly processes: Collection<ProcessDocument>
  readonly logs: Collection<LogDocument>
  table(name: string): Collection<RowDocument>
  /** Of a log: `_id` is its position. */
  entries(name: string): Collection<{ _id: number; [column: string]: unknown }>
}

export function collectionsOf(db: Db): Collections {
  return {
    batches: db.collection(ownNames.batches),
    schema: db.collection(ownNames.schema),
    processes: db.collection(ownNames.processes),
    logs: db.collection(ownNames.logs),
    table: (name) => db.collection(name),
    entries: (name) => db.collection(name),
  }
}

/** A sign of life. */
export const alive: { readonly $currentDate: { readonly beat: true }; readonly $inc: { readonly beats: 1 } } =
  {
    $currentDate: { beat: true },
    $inc: { beats: 1 },
  }

export const indexName = (name: string): string => `by_${name}`
export const uniqueName = (name: string): string => `unique_${name}`
/** The field of a row's place in an index or a unique key. */
export const placeField = (name: string): string => (name === 'key' ? '_id' : `_by.${name}`)

export async function collectionNames(db: Db): Promise<ReadonlySet<string>> {
  const found = await db.listCollections({}, { nameOnly: true }).toArray()
  return new Set(found.map(({ name }) => name))
}
