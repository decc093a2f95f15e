import { spawnSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineEnvironment } from './machine-environment.ts'
import { type SpawnedServer, spawnServer } from './spawned-server.ts'

/** A server whose data folder is a file system of its own, of few bytes, and whose user has no right above a file's mode. */
export interface SmallDisk extends AsyncDisposable {
  readonly server: SpawnedServer
  /** The data folder, as this process reaches it. */
  readonly data: string
  freeBytes(): Promise<number>
  /** Takes all the space but so many bytes, as another program would. */
  fill(left?: number): Promise<void>
  /** Gives what `fill` took back; nothing, where that has been done. */
  clear(): Promise<void>
}

const launcher = join(import.meta.dirname, '../../bin/lading.js')

/** In a mount namespace of the process's own: no right of the machine's is needed, and nothing has to be undone. */
const inside = (bytes: number): string =>
  `mount -t tmpfs -o size=${bytes},mode=700 tmpfs "$0" && echo "PID $$" && exec setpriv --bounding-set=-all --inh-caps=-all "$@"`

/** Why there can be no such disk here; undefined: there can. */
export function whyNoSmallDisk(): string | undefined {
  const tried = spawnSync('unshare', ['-Urm', 'sh', '-c', inside(65_536), tmpdir(), 'true'])
  return tried.status === 0 ? undefined : 'this machine lets nobody mount a file system of their own'
}

/** Runs a program of Node with such a disk at the path of its first argument; answers what it printed. */
export function runOnSmallDisk(bytes: number, path: string, program: string): string {
  const args = ['-Urm', 'sh', '-c', inside(bytes), path, process.execPath, program, path]
  const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ended with ${status}:\n${stdout}${stderr}`)
  return stdout.replace(/^PID \d+\n/, '')
}

export async function startOnSmallDisk(
  bytes: number,
  settings: Readonly<Record<string, string>>,
): Promise<SmallDisk> {
  const root = await mkdtemp(join(tmpdir(), 'lading-small-disk-'))
  const [mounted, temporary] = [join(root, 'data'), join(root, 'tmp')]
  await Promise.all([mkdir(mounted), mkdir(temporary)])
  const served = [process.execPath, launcher, 'serve', '--listen', '127.0.0.1:0', '--data', mounted]
  const args = ['-Urm', 'sh', '-c', inside(bytes), mounted, ...served]
  const server = await spawnServer('unshare', args, {
    cwd: root,
    env: { ...machineEnvironment(temporary), LADING_LOG_FORMAT: 'json', ...settings },
  }).catch(async (error: unknown) => {
    await rm(root, { recursive: true, force: true })
    throw error
  })
  const pid = /^PID (\d+)$/m.exec(server.printed())?.[1]
  // Only the process itself, and whoever looks through its eyes, sees what is mounted there.
  const data = join('/proc', String(pid), 'root', mounted)
  const filler = join(data, 'of-another-program')
  const freeBytes = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(data)
    return bavail * bsize
  }
  return {
    server,
    data,
    freeBytes,
    fill: async (left = 0) => {
      const taken = Buffer.alloc(Math.max(0, (await freeBytes()) - left))
      await appendFile(filler, taken).catch((error: NodeJS.ErrnoException) => {
        // The server has taken some of it meanwhile: that the disk is full is what was wanted.
        if (left > 0 || error.code !== 'ENOSPC') throw error
      })
    },
    clear: async () => await rm(filler, { force: true }),
    [Symbol.asyncDispose]: async () => {
      server[Symbol.dispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}
