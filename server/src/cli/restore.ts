import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { RestoreReport } from '../core/care/restore.ts'
import { isRegistryError } from '../domain/error.ts'
import { DirectoryError } from '../ports/directory/errors.ts'
import { connectAdmin } from './admin-client.ts'
import { damage, wholeFiles } from './backup.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { Failure } from './failure.ts'
import { interruptibly } from './operate.ts'
import { counted } from './shown-size.ts'
import { startFailure } from './start-failure.ts'

export const restore: Command = {
  name: 'restore',
  summary: 'Brings a backup back, into a data folder that holds no registry',
  takes: ['<folder>'],
  completes: 'folders',
  about: [
    'Every file is read and compared with its digest on the way. No server may run on the data folder. Interrupted, it leaves a folder that no server takes; started again, it goes on.',
    'Ends with 3 where content of the backup is damaged: that content is not given out, and the next push of it mends it.',
  ],
  flags: { ...dataFlags, ...jsonFlag },
  examples: ['lading restore /mnt/backup/lading --data /var/lib/lading'],
  async run(invocation) {
    const {
      arguments: [folder = ''],
      world,
      switches,
    } = invocation
    const { config } = checkedConfig(invocation)
    if ((await connectAdmin(config.data)) !== undefined) {
      throw new Failure(
        `a Lading runs on ${config.data}; stop it first, and name an empty data folder with --data`,
      )
    }
    const from = resolve(world.input.cwd, folder)
    const { restoreData } = await import('../boot/admin/restore-data.ts')
    const report = await interruptibly(world, (progress, signal) =>
      restoreData(config, from, progress, signal).catch((error: unknown) => {
        throw isOfSource(error) ? error : startFailure(error, config)
      }),
    )
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else for (const line of lines(report, config.data, await ownerTold(config.data))) world.out(line)
    return report.sound ? exitCodes.done : exitCodes.damage
  },
}

/** Of the backup, or refused in words of its own. All else is of the data folder, as for a server that starts there. */
function isOfSource(error: unknown): boolean {
  return error instanceof DirectoryError || isRegistryError(error)
}

/** What root has made is closed to a server that runs as another user. */
async function ownerTold(data: string): Promise<string[]> {
  if (process.getuid?.() !== 0) return []
  const { uid, gid } = await stat(data)
  const owner = uid === 0 ? '<user>' : `${uid}:${gid}`
  return [
    `What is in it belongs to root. If the server runs as another user, give it that first: chown -R ${owner} ${data}`,
  ]
}

function lines(
  { createdAt, release, files, bytes, endedUploads, ...lost }: RestoreReport,
  data: string,
  owner: readonly string[],
): string[] {
  return [
    ...damage(lost),
    `${data} holds the registry as of ${new Date(createdAt).toISOString()}, backed up by Lading ${release}: ${wholeFiles({ files, bytes, ...lost })}`,
    ...(endedUploads > 0 ? [`${counted(endedUploads, 'unfinished upload')} will begin anew`] : []),
    ...owner,
    `Start it: lading serve --data ${data}`,
  ]
}
