import { Client } from 'pg'
import { openPostgresqlStore } from '../../../server/src/adapters/store/postgresql/postgresql-store.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import { seededArtifact } from '../../../server/src/core/seed/seeded-artifact.ts'
import type { Row } from '../../../server/src/ports/store/table.ts'
import { keysOf, type MadeRow, madeRows } from '../../library/made-rows.ts'
import type { Facts } from '../../library/task.ts'
import type { Task } from '../task.ts'
import { CopyIn } from './copy-in.ts'
import { factsOf } from './facts.ts'
import { filledChoice } from './filled-ids.ts'
import { OrdersAside } from './orders-aside.ts'

/** A revision, as every row has one. */
const revision = '0'.repeat(32)
/** Artifacts whose rows are made before the server is waited for. */
const artifactsAtOnce = 256

/** The same artifacts as everywhere, rows and all, in tables that are empty. */
export async function fillDatabase({ url, artifacts }: Extract<Task, { do: 'fill' }>): Promise<Facts> {
  await (await openPostgresqlStore({ url }, schema)).close()
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const aside = await OrdersAside.take(client)
    await copyAll(url, artifacts)
    await aside.putBack(url)
    await client.query('VACUUM (FREEZE, ANALYZE)')
    return await factsOf(client)
  } finally {
    await client.end()
  }
}

async function copyAll(url: string, artifacts: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const copies = new Map<string, CopyIn>()
  for (const { name, columns } of schema.tables) {
    const declared = Object.entries({ ...columns, rev: 'text' as const })
    const listed = declared.map(([column, type]) => ({ name: column, type }))
    copies.set(name, stack.use(await CopyIn.begin(url, name, listed)))
  }
  for (const { name, columns } of schema.logs) {
    const listed = Object.entries(columns).map(([column, type]) => ({ name: column, type }))
    copies.set(name, stack.use(await CopyIn.begin(url, name, listed)))
  }
  const add = ({ table, isLog, row }: Omit<MadeRow, 'adds'>): void => {
    const copy = copies.get(table)
    if (copy === undefined) throw new Error(`there is no table ${table}`)
    copy.add(isLog ? row : { ...row, rev: revision })
  }
  const sums = new Sums()
  const choice = filledChoice(artifacts)
  for (let index = 0; index < artifacts; index++) {
    for (const made of await madeRows(choice, seededArtifact(choice, index))) {
      if (made.adds === undefined) add(made)
      else sums.add(made, made.adds)
    }
    if (index % artifactsAtOnce === 0)
      await Promise.all(Array.from(copies.values(), (copy) => copy.drained()))
  }
  for (const made of sums.rows()) add(made)
  for (const copy of copies.values()) await copy.finish()
}

/** Rows that artifacts share, once. */
export class Sums {
  readonly #rows = new Map<string, { readonly table: string; row: Row }>()

  add({ table, row }: MadeRow, adds: readonly string[]): void {
    const key = JSON.stringify([table, ...(keysOf.get(table) ?? []).map((name) => row[name])])
    const known = this.#rows.get(key)
    if (known === undefined) {
      this.#rows.set(key, { table, row })
      return
    }
    const summed = adds.map((name) => [name, known.row[name] + row[name]])
    known.row = { ...known.row, ...Object.fromEntries(summed) }
  }

  *rows(): Generator<Omit<MadeRow, 'adds'>> {
    for (const { table, row } of this.#rows.values()) yield { table, isLog: false, row }
  }
}
