import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { placeOfBlobs, placeOfRecords } from '../boot/admin/places-of.ts'
import type { Config } from '../config/config.ts'
import type { LoadedConfig } from '../config/load-config.ts'
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
  summary: 'Brings a backup back, to where no registry is',
  takes: ['<folder>'],
  completes: 'folders',
  about: [
    'Into a data folder, or into the database and the bucket of a configuration file. Every file is read and compared with its digest on the way. No server may run there. Interrupted, it leaves what no server takes; started again, it goes on.',
    'A backup of SQLite goes into a data folder, one of PostgreSQL into a PostgreSQL database; from there `lading copy` brings it anywhere.',
    'Ends with 3 where content of the backup is damaged: that content is not given out, and the next push of it mends it.',
  ],
  flags: { ...dataFlags, ...jsonFlag },
  examples: [
    'lading restore /mnt/backup/lading --data /var/lib/lading',
    'lading restore /mnt/backup/lading --config /etc/lading/lading.yaml',
  ],
  async run(invocation) {
    const {
      arguments: [folder = ''],
      world,
      switches,
    } = invocation
    const loaded = checkedConfig(invocation)
    const { config } = loaded
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
    else for (const line of lines(report, loaded, await ownerTold(config))) world.out(line)
    return report.sound ? exitCodes.done : exitCodes.damage
  },
}

/** Of the backup, or refused in words of its own. All else is of the data folder, as for a server that starts there. */
function isOfSource(error: unknown): boolean {
  return error instanceof DirectoryError || isRegistryError(error)
}

/** What root has made is closed to a server that runs as another user. Of a database and a bucket nothing is in the folder. */
async function ownerTold({ data, store, blobs }: Config): Promise<string[]> {
  const isElsewhere = store.url !== undefined && blobs.bucket !== undefined
  if (isElsewhere || process.getuid?.() !== 0) return []
  const { uid, gid } = await stat(data)
  const owner = uid === 0 ? '<user>' : `${uid}:${gid}`
  return [
    `What is in ${data} belongs to root. If the server runs as another user, give it that first: chown -R ${owner} ${data}`,
  ]
}

function lines(
  { createdAt, release, files, bytes, endedUploads, ...lost }: RestoreReport,
  loaded: LoadedConfig,
  owner: readonly string[],
): string[] {
  return [
    ...damage(lost),
    `${placeOf(loaded.config)} holds the registry as of ${new Date(createdAt).toISOString()}, backed up by Lading ${release}: ${wholeFiles({ files, bytes, ...lost })}`,
    ...(endedUploads > 0 ? [`${counted(endedUploads, 'unfinished upload')} will begin anew`] : []),
    ...owner,
    `Start it: ${startOf(loaded)}`,
  ]
}

function placeOf(config: Config): string {
  const { data, store, blobs } = config
  if (store.url === undefined && blobs.bucket === undefined) return data
  return `${placeOfRecords(config)}, with ${placeOfBlobs(config)},`
}

/** All that says where the registry is, so that no other one is begun. */
function startOf({ config, file, sources }: LoadedConfig): string {
  const { data, store, blobs } = config
  const hasFolder = store.url === undefined || blobs.bucket === undefined
  const { from } = sources.data
  const says = from === 'default' ? hasFolder : from !== 'file'
  const fromEnvironment = [sources['store.url'], sources['blobs.bucket']].some(
    (source) => source.from === 'environment',
  )
  return [
    'lading serve',
    ...(file === undefined ? [] : [`--config ${file}`]),
    ...(says ? [`--data ${data}`] : []),
    ...(fromEnvironment ? ['(with the same settings in the environment)'] : []),
  ].join(' ')
}
