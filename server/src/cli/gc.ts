import { type GcItem, type KindOfGoing, kindsOfGoing } from '../core/gc/going.ts'
import type { GcReport } from '../core/gc/run-gc.ts'
import { columns } from './columns.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { operate } from './operate.ts'
import { counted, mebibytes } from './shown-size.ts'

export const gc: Command = {
  name: 'gc',
  summary: 'Removes what nothing needs any more, now',
  takes: [],
  about: [
    'Does at once what the server does by the clock: ends old uploads, applies the retention rules of namespaces, collects content that no manifest has named for limits.graceTime, and removes the bytes of what has been in the trash for limits.trashDelay. It takes nothing that is younger, and the registry goes on serving.',
    'What one step sets free has its own time to wait. With `--dry-run` nothing is changed: what would go is listed, with the reason.',
  ],
  flags: {
    ...dataFlags,
    'dry-run': { about: 'Changes nothing, and lists what would go and why.' },
    ...jsonFlag,
  },
  examples: ['lading gc --dry-run', 'lading gc', 'lading gc --json'],
  async run(invocation) {
    const { world, switches } = invocation
    const report = await operate(invocation, ({ gc: run }) => run, { dryRun: switches.has('dry-run') })
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else for (const line of lines(report)) world.out(line)
    return exitCodes.done
  },
}

const names: Readonly<Record<KindOfGoing, string>> = {
  upload: 'old uploads',
  tag: 'tags',
  manifest: 'manifests',
  hold: 'history entries',
  holding: 'blobs of repositories',
  content: 'content, to the trash',
  trash: 'files in the trash',
  orphan: 'files without a record',
}

function lines(report: GcReport): string[] {
  const { dryRun, by, items, unlisted } = report
  const listed = dryRun ? items : items.filter(({ stays }) => stays)
  return [
    ...kindsOfGoing.flatMap((what) =>
      group(
        what,
        listed.filter((item) => item.what === what),
      ),
    ),
    ...(dryRun && unlisted > 0 ? [`… and ${unlisted} more`, ''] : []),
    ...summary(report),
    ...(by.trash.count > 0 ? [freed(by.trash.bytes, dryRun)] : []),
  ]
}

function group(what: KindOfGoing, items: readonly GcItem[]): string[] {
  if (items.length === 0) return []
  return [
    `${names[what]}:`,
    ...items.map((item) => `  ${named(item)}: ${item.stays ? 'stays: ' : ''}${item.why}`),
    '',
  ]
}

function named({ repository = '', tag, digest, file, bytes }: GcItem): string {
  const thing =
    tag !== undefined
      ? `${repository}:${tag}`
      : digest !== undefined
        ? `${repository}@${digest}`
        : (file ?? repository)
  return bytes > 0 ? `${thing.replace(/^@/, '')} (${mebibytes(bytes)})` : thing.replace(/^@/, '')
}

function summary({ dryRun, by, staying }: GcReport): string[] {
  const going = kindsOfGoing.filter((what) => by[what].count > 0)
  const rows = going.map((what) => [
    names[what],
    String(by[what].count),
    by[what].bytes > 0 ? mebibytes(by[what].bytes) : '',
  ])
  const kept =
    staying === 0
      ? []
      : [
          `${counted(staying, 'tag')} that a rule lets go ${staying === 1 ? 'stays, since it is' : 'stay, since they are'} immutable`,
        ]
  if (rows.length === 0) return [...kept, 'There is nothing to remove.']
  return [
    ...columns(
      [
        [dryRun ? 'WOULD REMOVE' : 'REMOVED', 'left'],
        ['COUNT', 'right'],
        ['SIZE', 'right'],
      ],
      rows,
    ),
    ...kept,
  ]
}

function freed(bytes: number, dryRun: boolean): string {
  return `The disk ${dryRun ? 'would get' : 'got'} ${mebibytes(bytes)} back.`
}
