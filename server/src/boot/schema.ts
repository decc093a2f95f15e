import { jobs } from '../adapters/journal/store/tables.ts'
import { links, manifests, tagHistory, tags } from '../core/catalog/tables.ts'
import { blobs, files, holdings, repositories, secrets, uploads } from '../core/content/tables.ts'
import { audit, events } from '../core/ledger/tables.ts'
import type { Log, Schema, Table } from '../ports/store/table.ts'

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
] as unknown as Table[]
const logs = [audit, events] as unknown as Log[]

/** What a store of this version holds. A change of a table is a new migration here, never a change of an old one. */
export const schema: Schema = {
  tables,
  logs,
  migrations: [
    {
      version: 1,
      name: 'first release',
      steps: [
        ...tables.map((table) => ({ do: 'createTable', table }) as const),
        ...logs.map((log) => ({ do: 'createLog', log }) as const),
      ],
    },
  ],
}
