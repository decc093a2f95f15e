import { placeOfRecords } from '../boot/admin/places-of.ts'
import type { Config } from '../config/config.ts'
import type { Downgrade, Loss, WayBack } from '../ports/store/way-back.ts'
import { connectAdmin } from './admin-client.ts'
import { checkedConfig } from './checked-config.ts'
import { columns } from './columns.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { confirmed } from './confirmed.ts'
import { dataFlags } from './data-flags.ts'
import { Failure } from './failure.ts'
import { holding, inWords, requireData } from './operate.ts'
import { counted } from './shown-size.ts'
import { versionIn } from './version-flag.ts'

export const migrateDown: Command = {
  name: 'migrate down',
  summary: 'Takes the tables back to an earlier release',
  takes: [],
  about: [
    'For the way back to an earlier release, which refuses tables that are newer than it. What later releases have kept in tables and columns of their own goes: it is listed, and on a terminal asked for, before anything is changed; elsewhere `--yes` is wanted. The records are copied beside themselves first: in a data folder to `lading-before-down-from-version-N.db`, in PostgreSQL to a schema of such a name. All is taken back or nothing. No server may run on them.',
    'A newer release brings the tables forward again, without what went.',
  ],
  flags: {
    ...dataFlags,
    to: { takes: '<version>', about: 'The schema version to go back to. Default: the one before.' },
    'dry-run': { about: 'Changes nothing, and lists what would go.' },
    yes: { about: 'Does it without asking.' },
    ...jsonFlag,
  },
  examples: ['lading migrate down --dry-run', 'lading migrate down --to 2 --data /var/lib/lading --yes'],
  async run(invocation) {
    const { switches, world } = invocation
    const wanted = versionIn(invocation, 'to')
    const { config } = checkedConfig(invocation)
    await requireData(config)
    await requireStopped(config)
    const { openDowngrade } = await import('../boot/admin/migrations.ts')
    await using downgrade = await holding(config, () => openDowngrade(config))
    const place = placeOfRecords(config)
    const to = target(place, downgrade, wanted)
    const plan = await inFailures(() => downgrade.plan(to))
    const json = switches.has('json')
    if (!json) for (const line of lines(plan, place)) world.out(line)
    if (switches.has('dry-run')) {
      if (json) world.out(JSON.stringify({ dryRun: true, ...plan }, null, 2))
      return exitCodes.done
    }
    await requireConsent(invocation)
    const copy = await inFailures(() => downgrade.run(to))
    if (json) world.out(JSON.stringify({ dryRun: false, ...plan, copy }, null, 2))
    else for (const line of done(plan, place, copy)) world.out(line)
    return exitCodes.done
  },
}

async function requireStopped({ data }: Config): Promise<void> {
  if ((await connectAdmin(data)) === undefined) return
  throw new Failure(
    `a Lading runs on ${data}; stop it first, and do not start it again before the earlier release`,
  )
}

/** @throws Failure where there is nothing on the way */
function target(place: string, { version }: Downgrade, wanted: number | undefined): number {
  if (version <= 1) throw new Failure(`${place} is at schema version ${version}: there is none before`)
  const to = wanted ?? version - 1
  if (to === 0) throw new Failure('version 0 is an empty database; the first release made version 1')
  if (to < version) return to
  throw new Failure(
    `${place} is at schema version ${version}: name an earlier one with --to, or see \`lading migrate up\``,
  )
}

/** @throws Failure */
async function requireConsent({ switches, world }: Invocation): Promise<void> {
  if (switches.has('yes')) return
  if (world.stdin.isTTY !== true || switches.has('json')) {
    throw new Failure('nothing was changed: what is listed goes only with --yes; see --dry-run')
  }
  if (!(await confirmed(world, 'Go on? '))) throw new Failure('nothing was changed')
}

function lines({ from, to, migrations, losses }: WayBack, place: string): string[] {
  return [
    `${place}: from schema version ${from} back to ${to}`,
    ...migrations.map(({ version, name }) => `Taken back: ${version} (${name})`),
    '',
    ...(losses.length === 0 ? ['Nothing goes but orders, which hold no data.'] : lossTable(losses)),
    '',
  ]
}

function lossTable(losses: readonly Loss[]): string[] {
  return columns(
    [
      ['WHAT GOES', 'left'],
      ['ROWS', 'right'],
    ],
    losses.map(({ table, column, rows }) => [
      column === undefined ? `table ${table}` : `column ${table}.${column}`,
      String(rows),
    ]),
  )
}

function done({ from, to, losses }: WayBack, place: string, copy: string): string[] {
  const rows = losses.reduce((sum, loss) => sum + loss.rows, 0)
  return [
    `${place} is at schema version ${to}; ${rows === 0 ? 'no row lost anything' : `${counted(rows, 'row')} went or lost a column`}`,
    `The records of version ${from}: ${copy}`,
    `Start the earlier release now: this one would bring the tables to version ${from} again`,
  ]
}

async function inFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw inWords(error)
  }
}
