import { jobs } from '../adapters/journal/store/tables.ts'
import { links, manifests, pulls, tagHistory, tags } from '../core/catalog/tables.ts'
import {
  blobs,
  files,
  holdings,
  holds,
  marks,
  namespaces,
  repositories,
  uploads,
} from '../core/content/tables.ts'
import { audit, events, secrets } from '../core/ledger/tables.ts'
import type { Log, Migration, Schema, Table } from '../ports/store/table.ts'

const tables = [
  repositories,
  files,
  uploads,
  blobs,
  holdings,
  secrets,
  manifests,
  links,
  tags,
  tagHistory,
  jobs,
  namespaces,
  holds,
  marks,
  pulls,
] as unknown as Table[]
const logs = [audit, events] as unknown as Log[]

/** Tables as they were made; what has been added to them since is in a migration of its own. */
const first = [
  repositories,
  files,
  uploads,
  without(blobs, 'damagedAt', 'byDamage'),
  holdings,
  secrets,
  manifests,
  links,
  without(tagHistory, undefined, 'byAge'),
  without(tags, 'pushedAt'),
  jobs,
] as unknown as Table[]

const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'first release',
    steps: [
      ...first.map((table) => ({ do: 'createTable', table }) as const),
      ...logs.map((log) => ({ do: 'createLog', log }) as const),
    ],
  },
  {
    version: 2,
    name: 'usage, pulls, holds and damage',
    steps: [
      ...[namespaces, holds, marks, pulls].map(
        (table) => ({ do: 'createTable', table: table as unknown as Table }) as const,
      ),
      { do: 'addColumn', table: 'blobs', column: 'damagedAt', type: 'integer', fill: 0 },
      { do: 'addColumn', table: 'tags', column: 'pushedAt', type: 'integer', fill: 0 },
      { do: 'addIndex', table: 'blobs', index: 'byDamage', columns: ['damagedAt'] },
      { do: 'addIndex', table: 'tag_history', index: 'byAge', columns: ['holds', 'at'] },
    ],
  },
]

/** What a store of this version holds. A change of a table is a new migration here, never a change of an old one. */
export const schema: Schema = { tables, logs, migrations }

// biome-ignore lint/suspicious/noExplicitAny: tables of any row
function without(table: Table<any>, column: string | undefined, index = ''): Table {
  const { [index]: _later, ...indexes } = table.indexes ?? {}
  const columns = Object.fromEntries(Object.entries(table.columns).filter(([name]) => name !== column))
  return { ...table, columns, indexes } as Table
}
