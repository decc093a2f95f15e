import { resolve } from 'node:path'
import type { BackupReport } from '../core/care/backup.ts'
import type { LostContent } from '../core/care/lost.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { operate } from './operate.ts'
import { counted, mebibytes } from './shown-size.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'Copies the registry, as it is at one moment, into a folder',
  takes: ['<folder>'],
  completes: 'folders',
  about: [
    'The registry goes on serving. Everything that was acknowledged before is in the copy. A folder that has an earlier backup is brought up to date: only files that it lacks are copied, and the earlier one stays good until this is whole. `lading restore` brings it back.',
    'Where a server runs, it writes the folder, with the rights of its user. Ends with 3 where content is damaged, and the backup is good for all else.',
  ],
  flags: {
    ...dataFlags,
    verify: { about: 'Reads files that the folder has already, instead of comparing their lengths.' },
    ...jsonFlag,
  },
  examples: ['lading backup /mnt/backup/lading', 'lading backup ./copy --verify --json'],
  async run(invocation) {
    const {
      arguments: [folder = ''],
      world,
      switches,
    } = invocation
    const to = resolve(world.input.cwd, folder)
    const options = { folder: to, verify: switches.has('verify') }
    const report = await operate(invocation, ({ backup: run }) => run, options)
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else for (const line of lines(report, to)) world.out(line)
    return report.sound ? exitCodes.done : exitCodes.damage
  },
}

function lines(
  { createdAt, files, bytes, copied, removedFiles, recordBytes, ...lost }: BackupReport,
  to: string,
): string[] {
  return [
    ...damage(lost),
    `${to} has the registry as of ${new Date(createdAt).toISOString()}: ${wholeFiles({ files, bytes, ...lost })}, records (${mebibytes(recordBytes)})`,
    `Copied ${counted(copied.files, 'file')} (${mebibytes(copied.bytes)}), removed ${removedFiles} that are not needed any more`,
  ]
}

/** `2 files (0.2 MiB)`; `1 of 2 files (0.2 MiB)` where one of them is damaged, whose bytes may be missing. */
export function wholeFiles({
  files,
  bytes,
  damagedFiles,
}: {
  readonly files: number
  readonly bytes: number
  readonly damagedFiles: number
}): string {
  const whole = damagedFiles === 0 ? '' : `${files - damagedFiles} of `
  const all = damagedFiles === 0 ? '' : 'all: '
  return `${whole}${counted(files, 'file')} (${all}${mebibytes(bytes)})`
}

/** What could not be copied whole. */
export function damage({
  damaged,
  damagedFiles,
}: {
  readonly damaged: readonly LostContent[]
  readonly damagedFiles: number
}): string[] {
  if (damagedFiles === 0) return []
  const more = damagedFiles - damaged.length
  return [
    ...damaged.map(({ digest, what }) => `damaged: ${digest}: ${what}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ]
}
