import type { SqlEngine } from '../boot/admin/migrations.ts'
import { StoreError } from '../ports/store/errors.ts'
import { type Command, exitCodes, type Invocation } from './command.ts'
import { usageFailure } from './failure.ts'
import { versionIn } from './version-flag.ts'

/** As in `boot/admin/migrations.ts`, which is loaded when it is wanted. */
const engines: readonly SqlEngine[] = ['sqlite', 'postgresql']

export const migrateExportSql: Command = {
  name: 'migrate export-sql',
  summary: 'Prints the migrations as SQL, to be read or run by hand',
  takes: [],
  about: [
    'Prints a script of the statements that lead from one schema version to another, numbered and commented; each migration has the way back below it, as comments. Where `--from` is the later version, the script leads back. It needs no data folder.',
  ],
  flags: {
    from: { takes: '<version>', about: 'The version to begin at. Default: 0, an empty database.' },
    to: { takes: '<version>', about: 'The version to end at. Default: that of this release.' },
    engine: { takes: '<engine>', about: 'Whose SQL. Default: "sqlite".', completes: engines },
  },
  examples: [
    'lading migrate export-sql > lading.sql',
    'lading migrate export-sql --from 1 --to 2',
    'lading migrate export-sql --from 2 --to 1',
    'lading migrate export-sql --engine postgresql',
  ],
  async run(invocation) {
    const engine = engineOf(invocation)
    const from = versionIn(invocation, 'from') ?? 0
    const { migrationsAsSql, newestVersion } = await import('../boot/admin/migrations.ts')
    const to = versionIn(invocation, 'to') ?? newestVersion
    const sql = await migrationsAsSql(engine, from, to).catch((error: unknown) => {
      throw error instanceof StoreError ? usageFailure(error.message) : error
    })
    invocation.world.out(sql)
    return exitCodes.done
  },
}

/** @throws Failure of usage */
function engineOf({ values: { engine = 'sqlite' } }: Invocation): SqlEngine {
  const known = engines.find((each) => each === engine)
  if (known !== undefined) return known
  throw usageFailure(`there is no SQL for "${engine}"; there is for: ${engines.join(', ')}`)
}
