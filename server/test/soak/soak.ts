import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import type { Operator } from '../../src/boot/operator.ts'
import { connectAdmin } from '../../src/cli/admin-client.ts'
import type { ScrubReport } from '../../src/core/care/scrub.ts'
import { allThreads } from '../kit/all-threads.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'
import { countDescriptors, type Figures, takeFigures, type Watched } from './figures.ts'
import { load } from './load.ts'
import type { SoakReport } from './report.ts'
import { Tally } from './wire.ts'
import { World } from './world.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')

/** Short, so that all that gives space back runs again and again. */
const limits = {
  LADING_LIMITS_GRACE_TIME: '20s',
  LADING_LIMITS_TRASH_DELAY: '5s',
  LADING_LIMITS_UPLOAD_LIFETIME: '1m',
  LADING_LIMITS_CLEANUP_INTERVAL: '5s',
  LADING_LIMITS_COLLECT_INTERVAL: '5s',
  LADING_LIMITS_RETENTION_INTERVAL: '5s',
  LADING_LIMITS_SWEEP_INTERVAL: '10s',
  // Full long before the second half, which is to show what grows without a bound.
  LADING_CACHE_BYTES: '8MiB',
  LADING_LOG_FORMAT: 'json',
}
const namespaces = { '*': { retention: { tags: [{ tags: ['rc-*'], keepNewest: 5 }], untagged: '10s' } } }
const warmUpPace = 3
const collectEveryMs = 20_000
const quietDeadlineMs = 20_000
const quietEveryMs = 250
const quietLooks = 8

export interface SoakOptions {
  readonly seconds: number
  /** Of the same load, at a greater pace, before anything is counted. */
  readonly warmUpSeconds: number
  readonly seed: number
  readonly rate: number
  readonly sampleEveryMs: number
  readonly tell?: (figures: Figures) => void
}

/** A real server under a steady load of all sorts, watched from outside. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const root = await mkdtemp(join(tmpdir(), 'lading-soak-'))
  try {
    await writeFile(join(root, 'lading.yaml'), JSON.stringify({ namespaces }))
    using server = await start(root)
    return await watch(options, server, join(root, 'data'))
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function start(root: string): Promise<SpawnedServer> {
  const args = [launcher, 'serve', '--listen', '127.0.0.1:0', '--data', join(root, 'data')]
  return await spawnServer(process.execPath, args, {
    cwd: root,
    env: { ...machineEnvironment(root), ...limits },
  })
}

async function watch(options: SoakOptions, server: SpawnedServer, data: string): Promise<SoakReport> {
  const { seconds, warmUpSeconds, seed, rate, sampleEveryMs } = options
  const watched: Watched = { pid: server.pid, url: server.url, data }
  const tally = new Tally()
  const parts = { url: server.url, world: new World(seededRandom(seed)), tally, rate }
  const operator = await connectAdmin(data)
  if (operator === undefined) throw new Error('nobody listens at the admin socket')

  await allThreads(server)
  // What grows with the load has then had its size: what still grows under less of it has no bound.
  await load({ ...parts, rate: warmUpPace * rate }, AbortSignal.timeout(warmUpSeconds * 1000))
  await collect(operator)
  await scrub(operator)
  await quiet(server.pid)
  const before = await takeFigures(watched, { seconds: 0, requests: tally.requests })

  const begun = performance.now()
  const since = (): number => (performance.now() - begun) / 1000
  const stop = AbortSignal.timeout(seconds * 1000)
  const series: Figures[] = []
  const scrubs: ScrubReport[] = []
  let collections = 0
  const sample = async (): Promise<void> => {
    const figures = await takeFigures(watched, { seconds: since(), requests: tally.requests })
    series.push(figures)
    options.tell?.(figures)
  }
  await Promise.all([
    load(parts, stop),
    every(sampleEveryMs, stop, sample),
    every(collectEveryMs, stop, async () => {
      await collect(operator)
      collections++
    }),
    // In the first half: the memory that it takes is not that of the load.
    once((seconds * 1000) / 4, async () => void scrubs.push(await scrub(operator))),
  ])
  const lasted = since()
  await quiet(server.pid, before.descriptors)
  const after = await takeFigures(watched, { seconds: since(), requests: tally.requests })
  scrubs.push(await scrub(operator))
  const { code } = await server.end('SIGTERM')
  if (code !== 0) tally.say(`it ended with code ${code}`)
  tally.wrong.push(...errorsIn(server.printed()))
  return {
    seed,
    seconds: lasted,
    rate,
    series,
    before,
    after,
    answers: Object.fromEntries(tally.answers),
    collections,
    scrubs,
    wrong: tally.wrong,
  }
}

async function every(ms: number, stop: AbortSignal, work: () => Promise<void>): Promise<void> {
  for (;;) {
    await setTimeout(ms, undefined, { signal: stop }).catch(() => undefined)
    if (stop.aborted) return
    await work()
  }
}

async function once(ms: number, work: () => Promise<void>): Promise<void> {
  await setTimeout(ms)
  await work()
}

const untold = (): void => undefined
const unbounded = (): AbortSignal => new AbortController().signal

async function collect(operator: Operator): Promise<void> {
  await operator.gc({ dryRun: false }, untold, unbounded())
}

async function scrub(operator: Operator): Promise<ScrubReport> {
  return await operator.scrub({ readContent: true }, untold, unbounded())
}

/** Until no more descriptors are open than wanted, or, where that is not known, until their number stands still. */
async function quiet(pid: number, wanted?: number): Promise<void> {
  const late = performance.now() + quietDeadlineMs
  let last: number | undefined
  let unchanged = 0
  while (performance.now() < late) {
    const count = await countDescriptors(pid)
    if (wanted !== undefined && (count ?? 0) <= wanted) return
    unchanged = count === last ? unchanged + 1 : 0
    if (wanted === undefined && unchanged >= quietLooks) return
    last = count
    await setTimeout(quietEveryMs)
  }
}

const errorsIn = (printed: string): string[] =>
  printed.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line))
