import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { connectAdmin } from '../../../src/cli/admin-client.ts'
import { files } from '../../../src/core/content/tables.ts'
import { deleteReferrersJob } from '../../../src/core/publish/delete-manifest.ts'
import { allFiles, checkInvariants, type InvariantOptions } from '../../core/invariants.ts'
import { copyDatabase } from '../../crash/server.ts'
import { allThreads } from '../../kit/all-threads.ts'
import { ask } from '../../kit/http-client.ts'
import { machineEnvironment } from '../../kit/machine-environment.ts'
import { openDataFolder } from '../../kit/open-data-folder.ts'
import { type SpawnedServer, spawnServer } from '../../kit/spawned-server.ts'
import { until } from '../../kit/until.ts'
import { graceTime, historyWindow, untaggedKept } from './content.ts'
import type { Driver } from './driver.ts'
import type { Wrong } from './in-process.ts'

const launcher = join(import.meta.dirname, '../../../bin/lading.js')
const never = 100 * 365 * 86_400_000
/** Every so many ends of the process are by SIGTERM, all others by SIGKILL. */
const politeEvery = 4

const rulesOf = (wrong: Wrong): object => ({
  '*': {
    retention: {
      tags: [{ repositories: ['*'], tags: ['rc-*'], keepNewest: wrong.keepNewest ?? 1 }],
      untagged: `${wrong.untagged ?? untaggedKept}ms`,
    },
  },
})

const limitsOf = (wrong: Wrong): NodeJS.ProcessEnv => ({
  LADING_LIMITS_GRACE_TIME: `${wrong.graceTime ?? graceTime}ms`,
  LADING_LIMITS_HISTORY_WINDOW: `${wrong.historyWindow ?? historyWindow}ms`,
  // Only when the program says so: a run by the clock could come at any time.
  LADING_LIMITS_CLEANUP_INTERVAL: `${never}ms`,
  LADING_LIMITS_COLLECT_INTERVAL: `${never}ms`,
  LADING_LIMITS_SWEEP_INTERVAL: `${never}ms`,
  LADING_LIMITS_RETENTION_INTERVAL: `${never}ms`,
  LADING_LIMITS_PULL_FLUSH_INTERVAL: '10ms',
  LADING_LIMITS_RESERVE_BYTES: '0',
  LADING_LOG_FORMAT: 'json',
})

/** `lading serve` as its own process, with all its threads; it restarts by being killed. */
export async function openSpawned(wrong: Wrong = {}): Promise<Driver> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-model-'))
  const clock = new ClockFile(join(folder, 'clock'))
  let server: SpawnedServer | undefined
  let programs = 0
  let ends = 0
  const dispose = async (): Promise<void> => {
    server?.[Symbol.dispose]()
    await server?.ended
    clock.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    writeFileSync(join(folder, 'lading.yaml'), JSON.stringify({ namespaces: rulesOf(wrong) }))
    server = await start(folder, limitsOf(wrong))
  } catch (error) {
    await dispose()
    throw error
  }
  const current = (): SpawnedServer => server as SpawnedServer
  const unwrittenPulls = (): number =>
    new Float64Array(Uint8Array.from(readFileSync(join(folder, 'unwritten'))).buffer).reduce(
      (sum, one) => sum + one,
      0,
    )
  // What was under way when it was cut leaves files without a row, until they are swept.
  let wasCut = false
  const check = (strays = wasCut): Promise<{ files: number; rows: number }> =>
    checkCopy(folder, clock.now, { strays })
  const restart = async (name: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const { code, signal } = await current().end(name)
    assert.deepEqual(
      [code, signal],
      name === 'SIGTERM' ? [0, null] : [null, name],
      `it ended otherwise:\n${current().printed().slice(-2_000)}`,
    )
    current()[Symbol.dispose]()
    await check()
    server = await start(folder, limitsOf(wrong))
    // Every second time there are requests while the other threads start.
    if (ends % 2 === 0) await allThreads(server)
  }
  return {
    get url() {
      return current().url
    },
    get namespace() {
      return `program-${programs}`
    },
    next: () => {
      wasCut = false
      programs++
    },
    get now() {
      return clock.now
    },
    pass: async (ms) => clock.set(clock.now + ms),
    collect: () => collect(join(folder, 'data')),
    settle: async () => {
      await until(async () => unwrittenPulls() === 0)
      await until(async () => (await unfinishedJobs(current().url)) === 0)
      assert.deepEqual(errorsIn(current().printed()), [], 'the server says that something failed')
    },
    restart: () => restart(++ends % politeEvery === 0 ? 'SIGTERM' : 'SIGKILL'),
    cut: async (afterMs) => {
      await setTimeout(afterMs)
      ends++
      wasCut = true
      await restart('SIGKILL')
    },
    check: async ({ empty }) => {
      const left = await check(wasCut && !empty)
      if (empty) assert.deepEqual(left, { files: 0, rows: 0 }, 'files are left of what is gone')
    },
    [Symbol.asyncDispose]: dispose,
  }
}

/** What all threads of the server take for now. */
class ClockFile {
  readonly #file: number
  now: number

  constructor(path: string) {
    this.#file = openSync(path, 'w')
    this.now = Date.now()
    this.set(this.now)
  }

  set(now: number): void {
    this.now = now
    writeSync(this.#file, new Float64Array([now]), 0, 8, 0)
  }

  close(): void {
    closeSync(this.#file)
  }
}

async function start(folder: string, limits: NodeJS.ProcessEnv): Promise<SpawnedServer> {
  const preload = pathToFileURL(join(import.meta.dirname, 'in-each-thread.ts'))
  preload.searchParams.set('clock', join(folder, 'clock'))
  preload.searchParams.set('unwritten', join(folder, 'unwritten'))
  preload.searchParams.set('longest', String(never))
  writeFileSync(join(folder, 'unwritten'), '')
  const temporary = join(folder, 'tmp')
  await mkdir(temporary, { recursive: true })
  const args = ['--import', preload.href, launcher, 'serve', '--listen', '127.0.0.1:0']
  return await spawnServer(process.execPath, [...args, '--data', join(folder, 'data')], {
    cwd: folder,
    env: { ...machineEnvironment(temporary), NODE_COMPILE_CACHE: join(folder, 'compiled'), ...limits },
  })
}

async function collect(data: string): Promise<void> {
  const operator = await connectAdmin(data)
  assert.ok(operator !== undefined, 'nobody listens at the admin socket')
  const report = await operator.gc({ dryRun: false }, () => undefined, new AbortController().signal)
  assert.ok(report.complete)
}

const jobLine = new RegExp(
  `^lading_jobs\\{kind="${deleteReferrersJob}",state="(?:ready|running)"\\} (\\d+)$`,
  'gm',
)

async function unfinishedJobs(url: string): Promise<number> {
  const { status, body } = await ask(url, { path: '/metrics' })
  assert.equal(status, 200)
  return [...body.toString().matchAll(jobLine)].reduce((sum, [, count]) => sum + Number(count), 0)
}

const errorsIn = (printed: string): string[] =>
  printed.split('\n').filter((line) => line.includes('"level":"error"'))

/** The records as they lie there, beside the very files: to open them in place would be to repair them. */
async function checkCopy(
  folder: string,
  now: number,
  options: InvariantOptions,
): Promise<{ files: number; rows: number }> {
  const copy = join(folder, 'copy')
  await copyDatabase(join(folder, 'data'), copy)
  try {
    await symlink(join(folder, 'data/blobs'), join(copy, 'blobs'))
    await using opened = await openDataFolder(copy, () => now)
    await checkInvariants(opened.core, options)
    return {
      files: (await allFiles(opened.core)).size,
      rows: await opened.core.store.count(files, { index: 'key', upTo: 1 }),
    }
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}
