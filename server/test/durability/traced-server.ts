import { spawnSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'
import { type DiskEvent, diskEvents } from './disk-events.ts'
import { readCalls, tracedCalls } from './read-trace.ts'

/** What a mutant of the product leaves out: see `leave-out.ts`. */
export type LeftOut = 'file' | 'folder' | 'database'

export interface TraceOptions {
  /** Holds `disk`, which is what is traced, and the trace itself. */
  readonly root: string
  readonly leave?: LeftOut
  readonly env?: NodeJS.ProcessEnv
}

const launcher = join(import.meta.dirname, '../../bin/lading.js')
const leaveOut = pathToFileURL(join(import.meta.dirname, 'leave-out.ts'))
/** More than the product writes at once. */
const longestWrite = 1_100_000

/** What is only there to take space need not be traced in full. */
const small = { LADING_LIMITS_RESERVE_BYTES: '64KiB' }

/** Why this machine cannot trace, for a test that is skipped; false where it can. */
export function cannotTrace(): string | false {
  const { status, error } = spawnSync('strace', ['-o', '/dev/null', '-e', 'trace=none', 'true'])
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? false : 'this machine does not let strace trace'
}

/** A server under `strace`, and what it did to its data folder when it has ended. */
export async function traceServer(
  { root, leave, env = {} }: TraceOptions,
  use: (server: SpawnedServer) => Promise<void>,
): Promise<DiskEvent[]> {
  const trace = join(root, 'trace')
  const temporary = join(root, 'tmp')
  await mkdir(temporary, { recursive: true })
  const mutant = leave === undefined ? [] : ['--import', `${leaveOut}?leave=${leave}`]
  const disk = join(root, 'disk')
  await mkdir(disk, { recursive: true })
  // The tracer stands aside (-DD), so that signals meet the server itself.
  const strace = ['-DD', '-f', '--seccomp-bpf', '-y', '-xx', '-e', 'signal=none', '-s', String(longestWrite)]
  // Not every machine has each of them.
  const known = tracedCalls.map((call) => `?${call}`)
  const traced = [...strace, '-e', `trace=${known.join(',')}`, '-o', trace]
  const served = [launcher, 'serve', '--listen', '127.0.0.1:0', '--data', join(disk, 'data')]
  using server = await spawnServer('strace', [...traced, process.execPath, ...mutant, ...served], {
    cwd: root,
    env: { ...machineEnvironment(temporary), ...small, ...env },
  })
  await use(server)
  const { code } = await server.end('SIGTERM')
  if (code !== 0) throw new Error(`the traced server ended with ${code}:\n${server.printed()}`)
  return diskEvents(readCalls(await readFile(trace, 'latin1')), disk)
}
