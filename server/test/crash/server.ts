import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'
import type { Death } from './phases.ts'

/** Short, so that in a life of a second what is left behind is collected, thrown away and swept. */
export const graceMs = 5_000
export const trashMs = 1_000
/** The least that can be set. Between two lives the clock may leap, so that uploads end within a run. */
export const uploadLifetimeMs = 60_000

export const lifeSettings: Readonly<Record<string, string>> = {
  LADING_LIMITS_GRACE_TIME: `${graceMs}ms`,
  LADING_LIMITS_TRASH_DELAY: `${trashMs}ms`,
  LADING_LIMITS_UPLOAD_LIFETIME: `${uploadLifetimeMs}ms`,
  LADING_LIMITS_CLEANUP_INTERVAL: '1s',
  LADING_LIMITS_COLLECT_INTERVAL: '1s',
  LADING_LIMITS_SWEEP_INTERVAL: '1s',
  LADING_LIMITS_RESERVE_BYTES: '1MiB',
  LADING_LOG_LEVEL: 'debug',
  LADING_LOG_FORMAT: 'json',
}

const launcher = join(import.meta.dirname, '../../bin/lading.js')

export const dataOf = (root: string): string => join(root, 'data')

export interface LifeOptions {
  /** ms by which its clock is ahead. */
  readonly ahead?: number
  /** The file into which it tells its phases; without, it tells none. */
  readonly log?: string
  readonly death?: Death | undefined
  /** ms that each step of a migration takes longer. */
  readonly slow?: number
  /** The command that is run on the data folder instead of a server. */
  readonly words?: readonly string[]
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** What starts a server, or another command, on the data folder below `root`, in a process of its own that a signal meets directly. */
export async function lifeCommand(root: string, options: LifeOptions = {}): Promise<Command> {
  const { ahead = 0, log, death, slow = 0, words = ['serve', '--listen', '127.0.0.1:0'] } = options
  const told = { log, die: death?.phase, at: death?.at, when: death?.when, slow }
  const loaded = [
    moduleWith('clock-ahead.ts', { ms: ahead }),
    ...(log === undefined ? [] : [moduleWith('tell-phases.ts', told)]),
  ]
  const run = [launcher, ...words, '--data', dataOf(root)]
  const temporary = join(root, 'tmp')
  await mkdir(temporary, { recursive: true })
  return {
    program: process.execPath,
    args: [...loaded.flatMap((url) => ['--import', url]), ...run],
    cwd: root,
    env: { ...machineEnvironment(temporary), ...lifeSettings },
  }
}

export async function startLife(root: string, options?: LifeOptions): Promise<SpawnedServer> {
  const { program, args, cwd, env } = await lifeCommand(root, options)
  return await spawnServer(program, args, { cwd, env })
}

function moduleWith(name: string, given: Readonly<Record<string, string | number | undefined>>): string {
  const url = pathToFileURL(join(import.meta.dirname, name))
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined) url.searchParams.set(key, String(value))
  }
  return url.href
}

const databaseFiles = ['lading.db', 'lading.db-wal'] as const

/** The database as it lies there while no server runs, into another folder: opening it in place would repair it. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const name of [...databaseFiles, 'lading.db-shm']) await rm(join(to, name), { force: true })
  for (const name of databaseFiles) {
    await copyFile(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}

/** Kinds of the jobs in whose middle the server died, by the revision of their row: one of an earlier death has the same. */
export async function interruptedJobs(root: string): Promise<Map<string, string>> {
  const folder = join(root, 'look')
  await copyDatabase(dataOf(root), folder)
  const database = new DatabaseSync(join(folder, 'lading.db'))
  try {
    const rows = database.prepare(`SELECT kind, rev FROM jobs WHERE state = 'running'`).all()
    return new Map(rows.map((row) => [String(row['rev']), String(row['kind'])]))
  } finally {
    database.close()
  }
}

/** What the jobs of a life did, by its log: how many rows or files each kind took. */
export function countTaken(printed: string, into: Map<string, number>): void {
  for (const line of printed.split('\n')) {
    // The last line may be half a one.
    if (!line.includes('a scheduled job has run') || !line.endsWith('}')) continue
    const { kind, result } = JSON.parse(line) as { kind: string; result: string }
    const told = JSON.parse(result) as number | Record<string, number>
    const taken = typeof told === 'number' ? told : Object.values(told).reduce((sum, one) => sum + one, 0)
    into.set(kind, (into.get(kind) ?? 0) + taken)
  }
}

/** Lines that say that something failed: none is expected, whatever the moment of a kill. */
export function failures(printed: string): string[] {
  return printed.split('\n').filter((line) => line.includes('"level":"error"'))
}
