import type { MigrationStatus } from '../boot/admin/migrations.ts'
import { checkedConfig } from './checked-config.ts'
import { columns } from './columns.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { requireData } from './operate.ts'
import { startFailure } from './start-failure.ts'

export const migrateStatus: Command = {
  name: 'migrate status',
  summary: 'Says which migrations the records have had, and which are to come',
  takes: [],
  about: [
    'Looks at the tables, in the data folder or in the database, without changing them, also beside a running server. Ends with 3 where they are not as a release has left them, and with 1 where they are newer than this release.',
  ],
  flags: { ...dataFlags, ...jsonFlag },
  examples: ['lading migrate status', 'lading migrate status --json'],
  async run(invocation) {
    const { world, switches } = invocation
    const { config } = checkedConfig(invocation)
    await requireData(config)
    const { migrationStatus } = await import('../boot/admin/migrations.ts')
    const found = await migrationStatus(config).catch((error: unknown) => {
      throw startFailure(error, config)
    })
    if (switches.has('json')) world.out(JSON.stringify(found, null, 2))
    else for (const line of lines(found)) world.out(line)
    if (found.differences === null) return exitCodes.failed
    return found.differences.length > 0 ? exitCodes.damage : exitCodes.done
  },
}

function lines(found: MigrationStatus): string[] {
  const { data, version, known, migrations } = found
  return [
    `Records: ${data}`,
    `Schema version: ${version}; this release makes it ${known}`,
    '',
    ...columns(
      [
        ['VERSION', 'right'],
        ['STATE', 'left'],
        ['NAME', 'left'],
      ],
      migrations.map((each) => [String(each.version), each.state, each.name]),
    ),
    '',
    ...verdict(found),
  ]
}

function verdict({ version, known, differences }: MigrationStatus): string[] {
  if (differences === null) {
    return [
      `A newer release has made these tables: start that one, or have it take them back: lading migrate down --to ${known}`,
    ]
  }
  if (differences.length > 0) {
    return [
      `The tables are not those of version ${version}, and no Lading starts on them:`,
      ...differences.map((difference) => `  ${difference}`),
      'Bring back a backup with `lading restore`, or undo what was changed by hand.',
    ]
  }
  if (version === known) return ['The tables are as declared.']
  return [
    `The tables are those of version ${version}.`,
    'Next: `lading migrate up`, or `lading serve`, which does it when it starts',
  ]
}
