import type { Operator } from '../boot/operator.ts'
import type { JobRecord } from '../ports/journal/journal.ts'
import { columns } from './columns.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { Failure } from './failure.ts'
import { withOperator } from './operate.ts'
import { counted } from './shown-size.ts'

export const jobs: Command = {
  name: 'jobs',
  summary: 'Lists jobs that failed too often, and has them tried again',
  takes: [],
  about: [
    'Without a flag it lists the dead jobs with their last error. Once the cause is mended, `--revive` has them tried again.',
  ],
  flags: {
    ...dataFlags,
    revive: { takes: '<id>|all', about: 'Tries this job again, or with `all` each that is dead.' },
    ...jsonFlag,
  },
  examples: ['lading jobs', 'lading jobs --revive all'],
  async run(invocation) {
    const { values, switches, world } = invocation
    const wanted = values['revive']
    if (wanted === undefined) {
      const dead = await withOperator(invocation, (operator) => operator.jobs.dead())
      if (switches.has('json')) world.out(JSON.stringify({ dead }, null, 2))
      else for (const line of lines(dead)) world.out(line)
      return exitCodes.done
    }
    const revived = await withOperator(invocation, (operator) => revive(operator, wanted))
    if (switches.has('json')) world.out(JSON.stringify({ revived }))
    else world.out(`${counted(revived, 'job')} will be tried again`)
    return exitCodes.done
  },
}

async function revive({ jobs }: Operator, wanted: string): Promise<number> {
  const ids = wanted === 'all' ? (await jobs.dead()).map(({ id }) => id) : [wanted]
  const revived = ids.length === 0 ? 0 : await jobs.revive(ids)
  if (wanted !== 'all' && revived === 0) {
    throw new Failure(`there is no dead job ${wanted}; see \`lading jobs\``)
  }
  return revived
}

function lines(dead: readonly JobRecord[]): string[] {
  if (dead.length === 0) return ['No job is dead.']
  return columns(
    [
      ['ID', 'left'],
      ['KIND', 'left'],
      ['TRIES', 'right'],
      ['LAST ERROR', 'left'],
    ],
    dead.map(({ id, kind, attempts, lastError }) => [id, kind, String(attempts), firstLine(lastError)]),
  )
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
