import type { Client } from 'pg'
import type { MigrationStep, Schema } from '../../../ports/store/table.ts'
import type { Downgrade, Loss, WayBack } from '../../../ports/store/way-back.ts'
import { connectFault } from '../../shared/postgresql-connect-fault.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { refused } from '../shared/refuse.ts'
import type { Standing } from '../shared/standing.ts'
import { checkServer } from './check-server.ts'
import { keptBesideStatements } from './keep-beside.ts'
import { type ReachOptions, reachOf } from './reach-of.ts'
import { checkSchema, halfRestored, refuseDifferences, refuseNewer } from './refuse-schema.ts'
import { takeTurn, versionsAtWork } from './schema-locks.ts'
import { defaultSchemaWaits, openSession, transaction } from './schema-session.ts'
import { progressStatements, readState, type SchemaState } from './schema-state.ts'
import { expandedAt } from './standing-phases.ts'
import { stepsBack } from './steps-back.ts'
import { literal } from './table-sql.ts'
import { dropViewStatements } from './views.ts'

/**
 * Keeps others from opening the database until disposal. Throws `permanent` where somebody has it open, its records are newer
 * than the schema, or not as a release has left them.
 */
export async function openPostgresqlDowngrade(options: ReachOptions, schema: Schema): Promise<Downgrade> {
  checkSchema(schema)
  const client = await openSession(reachOf(options), defaultSchemaWaits)
  try {
    await checkServer(client, undefined)
    await takeTurn(client, defaultSchemaWaits)
    if ((await versionsAtWork(client)).length > 0) {
      throw refused(
        'a Lading is at work on this database: stop it, and do not start it again before the earlier release',
      )
    }
    const state = await readState(client)
    if (state === undefined) throw refused('this database holds no registry: there is nothing to take back')
    if (state.restoring) throw halfRestored()
    refuseNewer(state, schema)
    await refuseDifferences(client, schema, state)
    return new OpenedDowngrade(client, schema, state)
  } catch (error) {
    const fault = connectFault(error, client)
    await client.end().catch(() => {})
    throw fault
  }
}

class OpenedDowngrade implements Downgrade {
  readonly version: number
  readonly #client: Client
  readonly #schema: Schema
  readonly #state: SchemaState

  constructor(client: Client, schema: Schema, state: SchemaState) {
    this.version = state.version
    this.#client = client
    this.#schema = schema
    this.#state = state
  }

  async plan(to: number): Promise<WayBack> {
    this.#refuseFalse(to)
    const { steps } = stepsBack(this.#schema, this.#state, to)
    const migrations = this.#schema.migrations.slice(to, this.version).reverse()
    try {
      return {
        from: this.version,
        to,
        migrations: migrations.map(({ version, name }) => ({ version, name })),
        losses: await losses(this.#client, this.#going(steps)),
      }
    } catch (error) {
      throw connectFault(error, this.#client)
    }
  }

  async run(to: number): Promise<string> {
    this.#refuseFalse(to)
    const client = this.#client
    const { steps, statements, reached } = stepsBack(this.#schema, this.#state, to)
    try {
      return await transaction(client, async () => {
        const { tables, columns } = this.#going(steps)
        const changed = new Set([...tables, ...columns.map(({ table }) => table)])
        const beside = await keptBesideStatements(client, this.version, [...changed])
        const views = await dropViewStatements(client)
        for (const sql of [...beside.statements, ...views, ...statements, ...progressStatements(reached)]) {
          await client.query(sql)
        }
        await refuseDifferences(client, this.#schema, reached)
        return `schema ${beside.name} of the database`
      })
    } catch (error) {
      throw connectFault(error, client)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // With the connection, others may come again.
    await this.#client.end().catch(() => {})
  }

  #going(steps: readonly MigrationStep[]): Going {
    return goingOf(expandedAt(this.#schema, this.#state), steps)
  }

  #refuseFalse(to: number): void {
    if (Number.isSafeInteger(to) && to >= 1 && to < this.version) return
    throw refused(`from version ${this.version} there is no way back to version ${to}`)
  }
}

/** What steps take of that which stands: on the way they may make things anew and take them again. */
function goingOf(before: Standing, steps: readonly MigrationStep[]): Going {
  const tables = new Set<string>()
  const columns: StepOf<'dropColumn'>[] = []
  for (const step of steps) {
    if (step.do === 'dropTable' && before.has(step.table)) tables.add(step.table)
    if (step.do === 'dropLog' && before.has(step.log)) tables.add(step.log)
    if (step.do === 'dropColumn' && columnsOf(before, step.table).includes(step.column)) columns.push(step)
  }
  return { tables, columns: columns.filter(({ table }) => !tables.has(table)) }
}

type StepOf<D extends MigrationStep['do']> = Extract<MigrationStep, { do: D }>

interface Going {
  readonly tables: ReadonlySet<string>
  /** Of tables that stay. */
  readonly columns: readonly StepOf<'dropColumn'>[]
}

function columnsOf(standing: Standing, table: string): readonly string[] {
  const found = standing.get(table)
  if (found === undefined) return []
  return Object.keys(found.is === 'table' ? found.table.columns : found.log.columns)
}

async function losses(client: Client, { tables, columns }: Going): Promise<Loss[]> {
  const found: Loss[] = []
  for (const table of tables) found.push({ table, rows: await countRows(client, table) })
  for (const { table, column, fill } of columns) {
    const other = `${quoted(column)} IS DISTINCT FROM ${literal(fill)}`
    found.push({ table, column, rows: await countRows(client, table, other) })
  }
  return found
}

async function countRows(client: Client, table: string, condition = 'TRUE'): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    `SELECT count(*)::text AS n FROM ${quoted(table)} WHERE ${condition}`,
  )
  return Number(rows[0]?.n)
}
