import { type CopyEndpoint, configOfEndpoint, copyEndpoint } from '../boot/admin/copy-endpoint.ts'
import type { CopyReport } from '../core/care/copy/copy-registry.ts'
import { damage } from './backup.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { Failure, usageFailure } from './failure.ts'
import { interruptibly, inWords, withOperatorOf } from './operate.ts'
import { counted, mebibytes } from './shown-size.ts'

export const copy: Command = {
  name: 'copy',
  summary: 'Moves a registry to another database and another place for its content',
  takes: [],
  about: [
    'Both sides are a data folder or a configuration file, whatever that names: SQLite, PostgreSQL or MongoDB, a folder or a bucket. The source goes on serving: a first pass copies all, the next ones what has changed since, until one finds nothing. Then every row has been compared and every byte held against its digest.',
    'Ends with 4 where the source still changes: stop its writes and run it again, it takes only what changed since. With 3 where content is damaged at the source, and the copy is good for all else. Interrupted, it goes on when it is started again. No server starts on a target that is not whole.',
    'To move a registry with little standstill, copy it with --keep-open while it serves, stop its server, and run the same without --keep-open: that compares everything, takes only what is new, and closes the target.',
  ],
  flags: {
    from: {
      takes: '<place>',
      about:
        'The data folder or the configuration file of the registry that is copied; also as folder:… or config:….',
      completes: 'files',
    },
    to: {
      takes: '<place>',
      about:
        'The same of the one that is made: a place that holds nothing, or what an interrupted copy has left.',
      completes: 'files',
    },
    moment: {
      about:
        'Ends with the state of one moment, though the source goes on changing: for a copy to try things out on. It then takes nothing more. Not out of MongoDB.',
    },
    'keep-open': {
      about:
        'Leaves the target open for another run, which takes what changes until then. No server starts on it before a run without this has ended with 0.',
    },
    ...jsonFlag,
  },
  examples: [
    'lading copy --from ./lading-data --to lading.target.yaml --keep-open',
    'lading copy --from ./lading-data --to lading.target.yaml',
    'lading copy --from lading.yaml --to ./trial --moment',
    'lading copy --from config:/etc/lading/lading.yaml --to folder:/var/lib/lading',
  ],
  async run(invocation) {
    const { world, switches } = invocation
    const [from, to] = [placeOf(invocation, 'from'), placeOf(invocation, 'to')]
    const options = { to, moment: switches.has('moment'), keepOpen: switches.has('keep-open') }
    if (options.moment && options.keepOpen) {
      throw usageFailure('--moment ends with a registry of its own: it does not go with --keep-open')
    }
    const report = await interruptibly(
      world,
      (progress, signal) =>
        withOperatorOf(
          configOfEndpoint(from, 'from'),
          (operator) => operator.copy(options, progress, signal),
          '--from',
        ),
      'no server starts on the target before a copy has ended; run it again, and it goes on from there',
    ).catch(byFlag)
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else for (const line of lines(report, to)) world.out(line)
    if (!report.whole && !report.open) return exitCodes.again
    return report.sound ? exitCodes.done : exitCodes.damage
  },
}

/** @throws Failure */
function placeOf({ values, world }: Invocation, flag: 'from' | 'to'): CopyEndpoint {
  const given = values[flag]
  if (given === undefined || given === '') {
    throw usageFailure(`--${flag} is missing: name a data folder or a configuration file`)
  }
  try {
    return copyEndpoint(given, world.input.cwd, flag)
  } catch (error) {
    return byFlag(inWords(error))
  }
}

/** A server calls it a parameter. @throws what it is given, in words of the command line */
function byFlag(error: unknown): never {
  if (!(error instanceof Failure)) throw error
  throw new Failure(error.message.replace(/^invalid (from|to): /, '--$1: '), error.exitCode, { cause: error })
}

function lines(report: CopyReport, to: CopyEndpoint): string[] {
  const { copied, parts, asOf, content, whole, open, changed, passes } = report
  const [moment, place] = [new Date(asOf).toISOString(), to.slice('folder:'.length)]
  const rows = parts.reduce((sum, { count }) => sum + count, 0)
  const made = `Copied ${counted(copied.rows, 'row')}, ${counted(copied.entries, 'entry', 'entries')} of logs and ${counted(copied.files, 'file')} (${mebibytes(copied.bytes)}), removed ${copied.removedRows}, in ${counted(passes, 'pass', 'passes')}`
  const { files = 0, bytes = 0 } = content ?? {}
  const verified = `${counted(files, 'file')} (${mebibytes(bytes)}), all held against their digests`
  if (open) {
    return [
      ...damage(report),
      made,
      `${place} has all that was committed before ${moment}, and ${verified}. It stays open: no server starts on it yet`,
      'Stop the server of the source, and run the same without --keep-open: it takes only what changed since',
    ]
  }
  if (!whole) {
    return [
      ...damage(report),
      made,
      `${place} has all that was committed before ${moment}, and the source still changes: the last pass found ${counted(changed, 'row')} that ${changed === 1 ? 'was' : 'were'} another`,
      'Stop writes and run it again: it takes only what changed since',
    ]
  }
  return [
    ...damage(report),
    made,
    `${place} has the registry as of ${moment}: ${counted(rows, 'row')}, all compared, and ${verified}`,
    `Start it: lading serve ${to.startsWith('folder:') ? '--data' : '--config'} ${place}`,
  ]
}
