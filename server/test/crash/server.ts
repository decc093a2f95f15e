import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'

/** Short, so that in a life of a second what is left behind is collected, thrown away and swept. */
export const graceMs = 5_000
export const trashMs = 1_000
/** The least that can be set. Between two lives the clock may leap, so that uploads end within a run. */
export const uploadLifetimeMs = 60_000

const limits = {
  LADING_LIMITS_GRACE_TIME: `${graceMs}ms`,
  LADING_LIMITS_TRASH_DELAY: `${trashMs}ms`,
  LADING_LIMITS_UPLOAD_LIFETIME: `${uploadLifetimeMs}ms`,
  LADING_LIMITS_CLEANUP_INTERVAL: '1s',
  LADING_LIMITS_COLLECT_INTERVAL: '1s',
  LADING_LIMITS_SWEEP_INTERVAL: '1s',
  LADING_LOG_LEVEL: 'debug',
  LADING_LOG_FORMAT: 'json',
}

const launcher = join(import.meta.dirname, '../../bin/lading.js')
const clockAhead = join(import.meta.dirname, 'clock-ahead.ts')

export const dataOf = (root: string): string => join(root, 'data')

/** One life of the server, in a process of its own that a signal meets directly. */
export async function startLife(root: string, ahead: number): Promise<SpawnedServer> {
  const args = ['--import', clockAhead, launcher, 'serve', '--listen', '127.0.0.1:0', '--data', dataOf(root)]
  const temporary = join(root, 'tmp')
  await mkdir(temporary, { recursive: true })
  const env = { ...machineEnvironment(temporary), ...limits, CRASH_CLOCK_AHEAD_MS: String(ahead) }
  return await spawnServer(process.execPath, args, { cwd: root, env })
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

/** Kinds of the jobs in whose middle the server died. */
export async function interruptedJobs(root: string): Promise<string[]> {
  const folder = join(root, 'look')
  await copyDatabase(dataOf(root), folder)
  const database = new DatabaseSync(join(folder, 'lading.db'))
  try {
    const rows = database.prepare(`SELECT kind FROM jobs WHERE state = 'running'`).all()
    return rows.map((row) => String(row['kind']))
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
