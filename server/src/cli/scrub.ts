import type { Finding } from '../core/care/finding.ts'
import type { ScrubReport } from '../core/care/scrub.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { operate } from './operate.ts'
import { counted, mebibytes } from './shown-size.ts'

export const scrub: Command = {
  name: 'scrub',
  summary: 'Reads everything the registry keeps and tells what is damaged',
  takes: [],
  about: [
    'Every blob is read and compared with its digest, every record with those it must agree with, every file with its record, while the registry goes on serving. Damaged content is replaced where a sound copy stands in the registry; else it is not given out any more, and the next push of it mends it.',
    'Without a server it works on the data folder itself. Ends with 3 where damage was found that is not mended.',
  ],
  flags: {
    ...dataFlags,
    quick: { about: 'Compares records and files, and reads no content.' },
    ...jsonFlag,
  },
  examples: ['lading scrub', 'lading scrub --quick --json'],
  async run(invocation) {
    const { world, switches } = invocation
    const report = await operate(invocation, ({ scrub }) => scrub, { readContent: !switches.has('quick') })
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else for (const line of lines(report, switches.has('quick'))) world.out(line)
    return report.sound ? exitCodes.done : exitCodes.damage
  },
}

function lines(
  { blobs, bytes, records, files, findings, found, sound }: ScrubReport,
  quick: boolean,
): string[] {
  const content = quick ? counted(blobs, 'blob') : `${counted(blobs, 'blob')} (${mebibytes(bytes)})`
  const all = Object.values(found).reduce((sum, count) => sum + count, 0)
  return [
    ...findings.flatMap(tell),
    ...(all > findings.length ? [`… and ${all - findings.length} more`] : []),
    `Looked at ${content}, ${counted(files, 'file')} and ${counted(records, 'record')}: ${verdict(all, sound)}`,
  ]
}

function tell({ damage, remedy, target, what, repositories = [] }: Finding): string[] {
  const where = repositories.length === 0 ? '' : ` (in ${repositories.join(', ')})`
  return [`${damage}: ${target}${where}: ${what}; ${remedies[remedy]}`]
}

const remedies: Readonly<Record<Finding['remedy'], string>> = {
  mended: 'a sound copy has taken its place',
  recovered: 'it is given out again',
  quarantined: 'it is not given out any more; push it again to mend it',
  trashed: 'its bytes go with the trash',
  told: 'nothing was changed',
}

function verdict(all: number, sound: boolean): string {
  if (all === 0) return 'all is sound'
  return sound ? `${counted(all, 'fault')} found, all mended` : `${counted(all, 'fault')} found`
}
