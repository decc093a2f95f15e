import { jobs } from '../adapters/journal/store/tables.ts'
import {
  halfSessions,
  passkeys,
  pendingFactors,
  recoveryCodes,
  secondFactors,
  totps,
} from '../core/access/factors/tables.ts'
import { deviceLogins, identities, usedProofs } from '../core/access/outside-tables.ts'
import {
  accounts,
  grants,
  keys,
  members,
  namespaceRules,
  oneTimeLinks,
  passwords,
  robots,
  roles,
  sessions,
  teamMembers,
  teams,
} from '../core/access/tables.ts'
import { tokenFamilies } from '../core/access/token-tables.ts'
import {
  artifacts,
  collections,
  edges,
  stars,
  termCounts,
  terms,
  versions,
} from '../core/artifacts/tables.ts'
import { artifactsFull, artifactsPublished } from '../core/artifacts/views.ts'
import { auditChain, auditHeads } from '../core/audit/tables.ts'
import { goneSubjects, links, manifests, pulls, tagHistory, tags } from '../core/catalog/tables.ts'
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
import { auditEntries, earlierAudit, events, secrets } from '../core/ledger/tables.ts'
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
  artifacts,
  terms,
  termCounts,
  versions,
  edges,
  stars,
  collections,
  goneSubjects,
  accounts,
  passwords,
  members,
  teams,
  teamMembers,
  roles,
  grants,
  namespaceRules,
  robots,
  keys,
  oneTimeLinks,
  sessions,
  tokenFamilies,
  secondFactors,
  totps,
  passkeys,
  recoveryCodes,
  pendingFactors,
  halfSessions,
  identities,
  usedProofs,
  deviceLogins,
  auditEntries,
  auditChain,
  auditHeads,
] as unknown as Table[]
const logs = [earlierAudit, events] as unknown as Log[]

/** Tables as they were made; what has been added to them since is in a migration of its own. */
const first = [
  { ...without(repositories, 'live'), indexes: { byName: ['name'] } },
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
      { do: 'createLog', log: earlierAudit as unknown as Log },
      {
        do: 'createLog',
        log: { ...events, columns: withoutColumns(events.columns, 'artifact', 'version') } as Log,
      },
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
  {
    version: 3,
    name: 'artifacts',
    steps: [
      ...[without(artifacts, 'changes', 'byUse'), terms, termCounts, versions, edges, stars, collections].map(
        (table) => ({ do: 'createTable', table: table as unknown as Table }) as const,
      ),
      { do: 'addColumn', table: 'repositories', column: 'live', type: 'boolean', fill: true },
      { do: 'addIndex', table: 'repositories', index: 'byLife', columns: ['live', 'name'] },
      { do: 'dropIndex', table: 'repositories', index: 'byName' },
      { do: 'addColumn', table: 'events', column: 'artifact', type: 'text', fill: '' },
      { do: 'addColumn', table: 'events', column: 'version', type: 'text', fill: '' },
      // Artifacts were made of repositories, in tables that are gone since: to be done again (publish/note-earlier.ts).
      { do: 'removeRows', table: 'marks', where: { name: 'artifacts-noted' } },
    ],
  },
  {
    version: 4,
    name: 'search',
    steps: [{ do: 'addIndex', table: 'artifacts', index: 'byUse', columns: ['lastAccessedAt'] }],
  },
  {
    version: 5,
    name: 'deletions and changes in order',
    steps: [
      { do: 'createTable', table: goneSubjects as unknown as Table },
      { do: 'addColumn', table: 'artifacts', column: 'changes', type: 'integer', fill: 0 },
    ],
  },
  {
    version: 6,
    name: 'access',
    steps: [
      accounts,
      passwords,
      members,
      teams,
      teamMembers,
      roles,
      grants,
      namespaceRules,
      robots,
      keys,
      oneTimeLinks,
      sessions,
      tokenFamilies,
      secondFactors,
      totps,
      passkeys,
      recoveryCodes,
      pendingFactors,
      halfSessions,
      identities,
      usedProofs,
      deviceLogins,
      auditEntries,
      auditChain,
      auditHeads,
    ].map((table) => ({ do: 'createTable', table: table as unknown as Table }) as const),
  },
]

/** What a store of this version holds. A change of a table is a new migration here, never a change of an old one. */
export const schema: Schema = { tables, logs, migrations, views: [artifactsFull, artifactsPublished] }

// biome-ignore lint/suspicious/noExplicitAny: tables of any row
function without(table: Table<any>, column: string | undefined, index = ''): Table {
  const { [index]: _later, ...indexes } = table.indexes ?? {}
  return { ...table, columns: withoutColumns(table.columns, column), indexes } as Table
}

function withoutColumns(
  columns: Table['columns'],
  ...later: readonly (string | undefined)[]
): Table['columns'] {
  return Object.fromEntries(Object.entries(columns).filter(([name]) => !later.includes(name)))
}
