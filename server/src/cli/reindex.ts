import type { ReindexReport } from '../boot/operator.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { operate } from './operate.ts'
import { counted } from './shown-size.ts'

export const reindex: Command = {
  name: 'reindex',
  summary: 'Builds the search index anew, or compares it with the records',
  takes: [],
  about: [
    'An index is made of the records, so nothing is lost with it. The old one answers until the new one is whole, and what is pushed meanwhile is in both. Without a server it works on the data folder itself.',
    'With --compare nothing is built: what the index has otherwise than the records is told, and the command ends with 3 where there is any. What was changed in the last moments may be among it.',
  ],
  flags: {
    ...dataFlags,
    engine: {
      takes: '<name>',
      about:
        'One of them: sqlite, postgresql, mongodb, opensearch or elasticsearch. Default: all that are in use.',
    },
    compare: { about: 'Builds nothing, and tells what differs.' },
    ...jsonFlag,
  },
  examples: ['lading reindex', 'lading reindex --engine opensearch', 'lading reindex --compare --json'],
  async run(invocation) {
    const { world, switches, values } = invocation
    const engine = values['engine']
    const options = { compare: switches.has('compare'), ...(engine !== undefined && { engine }) }
    const report = await operate(invocation, (operator) => operator.reindex, options)
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else for (const line of report.engines.flatMap(lines)) world.out(line)
    const fails = report.engines.some(({ error }) => error !== undefined)
    if (fails) return exitCodes.failed
    const differs = report.engines.some(({ different = 0 }) => different > 0)
    return differs ? exitCodes.damage : exitCodes.done
  },
}

function lines({
  engine,
  artifacts,
  error,
  differences = [],
  different = 0,
}: ReindexReport['engines'][number]): string[] {
  if (error !== undefined) return [`Nothing could be done for ${engine}: ${error}`]
  if (artifacts !== undefined) return [`Indexed ${counted(artifacts, 'artifact')} for ${engine}`]
  if (different === 0) return [`The index of ${engine} is as the records are`]
  const more = different - differences.length
  return [
    ...differences.map(({ id, why }) => `${why}: ${id}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    `The index of ${engine} has ${counted(different, 'artifact')} otherwise than the records; \`lading reindex\` builds it anew`,
  ]
}
