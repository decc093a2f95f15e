import { systemClock } from '../../server/src/adapters/clock/system/system-clock.ts'
import { seededRandom } from '../../server/src/adapters/random/seeded/seeded-random.ts'
import { schema } from '../../server/src/boot/schema.ts'
import { termCounts } from '../../server/src/core/artifacts/tables.ts'
import { namespaces } from '../../server/src/core/content/tables.ts'
import type { Core } from '../../server/src/core/ledger/core.ts'
import { EntryIds } from '../../server/src/core/ledger/entry-ids.ts'
import { defaultLimits } from '../../server/src/core/ledger/limits.ts'
import type { SeededArtifact } from '../../server/src/core/seed/seeded-artifact.ts'
import type { SeedChoice } from '../../server/src/core/seed/seeded-identity.ts'
import { seededRows } from '../../server/src/core/seed/seeded-rows.ts'
import { kindsByName } from '../../server/src/kinds/kinds.ts'
import type { Log, Row, Table } from '../../server/src/ports/store/table.ts'

/** A row with where it goes. */
export interface MadeRow {
  readonly table: string
  readonly isLog: boolean
  /** Of a table whose rows are added up: what is added to the row of that key, which may be there. */
  readonly adds?: readonly string[]
  readonly row: Row
}

const core = { kinds: kindsByName(), limits: defaultLimits, clock: systemClock } as unknown as Core
const caller = {
  principal: { kind: 'user', name: 'bench' },
  requestId: 'bench',
  signal: new AbortController().signal,
} as const
const entryIds = new EntryIds(seededRandom(1))
const nothing = { bytes: 0, repositories: 0, manifests: 0 }

/** All rows of an artifact that is authored, as the library makes them, in the order of its tables. */
export async function madeRows(choice: SeedChoice, artifact: SeededArtifact): Promise<readonly MadeRow[]> {
  const rows: MadeRow[] = []
  const sums = new Map<string, MadeRow>()
  const sink = {
    insert: <R extends Row>(table: Table<R>, row: R) => rows.push({ table: table.name, isLog: false, row }),
    append: <R extends Row>(log: Log<R>, row: R) => rows.push({ table: log.name, isLog: true, row }),
  }
  await seededRows(
    {
      core,
      caller,
      choice,
      sink,
      immutable: new Map(),
      entryIds,
      sums: {
        use: (namespace, more) => {
          const before: Row = sums.get(namespace)?.row ?? nothing
          const row = Object.fromEntries(
            Object.keys(nothing).map((name) => [name, before[name] + (more[name as keyof typeof more] ?? 0)]),
          )
          const adds = Object.keys(nothing)
          sums.set(namespace, { table: namespaces.name, isLog: false, adds, row: { namespace, ...row } })
        },
        count: (field, term) => {
          const row = { field, term, artifacts: 1 }
          rows.push({ table: termCounts.name, isLog: false, adds: ['artifacts'], row })
        },
      },
    },
    artifact,
  )
  return [...rows, ...sums.values()]
}

/** How many values a row of each table and log has, and what they are called. */
export const columnsOf: ReadonlyMap<string, readonly string[]> = new Map(
  [...schema.tables, ...schema.logs].map(({ name, columns }) => [name, Object.keys(columns)]),
)

/** The columns by which the rows of each table are told apart. */
export const keysOf: ReadonlyMap<string, readonly string[]> = new Map(
  schema.tables.map(({ name, key }) => [name, key]),
)
