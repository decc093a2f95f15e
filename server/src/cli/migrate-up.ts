import { checkedConfig } from './checked-config.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { Failure } from './failure.ts'
import { requireData, withOperator } from './operate.ts'
import { startFailure } from './start-failure.ts'

export const migrateUp: Command = {
  name: 'migrate up',
  summary: 'Brings the tables to this release, without serving them',
  takes: [],
  about: [
    'Copies the records of a data folder beside themselves, to `lading-before-version-N.db`, before anything is changed. Each migration is made whole or not at all; interrupted, it goes on where it stood. No server may run on the folder. On a database others may go on working: what an earlier release would miss goes once none is at work.',
  ],
  flags: { ...dataFlags, ...jsonFlag },
  examples: ['lading migrate up --data /var/lib/lading'],
  async run(invocation) {
    const { world, switches } = invocation
    const { config } = checkedConfig(invocation)
    await requireData(config)
    const { copyBefore, migrationStatus } = await import('../boot/admin/migrations.ts')
    const before = await migrationStatus(config).catch((error: unknown) => {
      throw startFailure(error, config)
    })
    const { version: from, known: to } = before
    const applied = before.migrations.filter(({ state }) => state === 'pending')
    // Where nothing is pending, the folder is opened all the same where nobody has it: what a start refuses is told.
    await withOperator(invocation, async (_, running) => {
      if (running && applied.length > 0) {
        throw new Failure(`a Lading of another release runs on ${config.data}; stop it first`)
      }
    })
    const copy = applied.length > 0 && from > 0 ? await copyBefore(config, from) : undefined
    if (switches.has('json')) {
      const names = applied.map(({ version, name }) => ({ version, name }))
      world.out(
        JSON.stringify({ from, to, migrations: names, ...(copy === undefined ? {} : { copy }) }, null, 2),
      )
    } else if (applied.length === 0) {
      world.out(`${before.data} is at schema version ${to}: there is nothing to do`)
    } else {
      for (const { version, name } of applied) world.out(`Made: ${version} (${name})`)
      world.out(`${before.data} is at schema version ${to}`)
      if (copy !== undefined)
        world.out(`The records of version ${from}: ${copy}; remove it once this release is to stay`)
    }
    return exitCodes.done
  },
}
