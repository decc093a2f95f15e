import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import type { SpawnedServer } from '../kit/spawned-server.ts'
import { checkPromises } from './check.ts'
import { work } from './clients.ts'
import { type GivenBack, letTimePass, longWhileMs } from './given-back.ts'
import type { CrashReport, Met } from './report.ts'
import { countTaken, dataOf, failures, interruptedJobs, startLife, uploadLifetimeMs } from './server.ts'
import { type Phase, Wire } from './wire.ts'
import { World } from './world.ts'

const clients = 4
const longestLifeMs = 1_500
const shortLifeMs = 100

export interface CrashOptions {
  readonly kills: number
  readonly seed: number
  /** No further kill after that. */
  readonly minutes?: number
  /** What befalls the data folder beside the kills: `before` and `after` each life, no server running. */
  readonly harm?: {
    before?(data: string, kill: number): Promise<void>
    after?(data: string, kill: number): Promise<void>
  }
  readonly tell?: (line: string) => void
}

interface Run {
  readonly options: CrashOptions
  readonly root: string
  readonly world: World
  readonly met: Record<Met, number>
  readonly interrupted: Map<string, number>
  readonly taken: Map<string, number>
  kills: number
}

/** Kills servers while clients push, and stops at the first round that has lost something. */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const root = await mkdtemp(join(tmpdir(), 'lading-crash-'))
  const world = new World(options.seed, seededRandom(options.seed))
  const met = { upload: 0, commit: 0, jobs: 0, nothing: 0 }
  const run: Run = { options, root, world, met, interrupted: new Map(), taken: new Map(), kills: 0 }
  const deadline = performance.now() + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  let end: GivenBack | undefined
  try {
    while (world.wrong.length === 0 && run.kills < options.kills && performance.now() < deadline)
      await live(run)
    if (world.wrong.length === 0) await look(run)
    if (world.wrong.length === 0) end = await finish(run)
  } catch (error) {
    world.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    await rm(root, { recursive: true, force: true })
  }
  const { kills, interrupted, taken } = run
  return {
    seed: options.seed,
    kills,
    met,
    interrupted,
    taken,
    answers: world.answers,
    end,
    wrong: world.wrong,
  }
}

/** One life: what the last one left is checked, clients work, and it ends at any moment. */
async function live(run: Run): Promise<void> {
  const { options, root, world } = run
  const data = dataOf(root)
  await options.harm?.before?.(data, run.kills)
  using server = await startLife(root, world.ahead)
  const wire = new Wire(server.url)
  if (run.kills > 0) await checkPromises(world, wire)
  if (world.wrong.length > 0) return fail(run, server)
  const lifeMs = world.random.int(world.chance(4) ? shortLifeMs : longestLifeMs)
  const stop = new AbortController()
  const working = Promise.allSettled(
    Array.from({ length: clients }, () => work({ world, wire }, stop.signal)),
  )
  await setTimeout(lifeMs)
  stop.abort()
  const phases = wire.phases()
  const { signal } = await server.end('SIGKILL')
  if (signal !== 'SIGKILL') world.say(`the server had ended by itself:\n${server.printed().slice(-2_000)}`)
  for (const end of await working) if (end.status === 'rejected') throw end.reason
  wire.close()
  run.kills++
  await note(run, server, phases)
  if (world.wrong.length > 0) fail(run, server)
  await options.harm?.after?.(data, run.kills)
  if (world.chance(5)) world.ahead += uploadLifetimeMs
}

async function note(run: Run, server: SpawnedServer, phases: readonly Phase[]): Promise<void> {
  const { met, options, world } = run
  const jobs = await interruptedJobs(run.root)
  for (const kind of jobs) run.interrupted.set(kind, (run.interrupted.get(kind) ?? 0) + 1)
  countTaken(server.printed(), run.taken)
  for (const line of failures(server.printed())) world.say(`the server says: ${line}`)
  const moments: Met[] = [...phases, ...(jobs.length > 0 ? (['jobs'] as const) : [])]
  for (const moment of new Set<Met>(moments.length > 0 ? moments : ['nothing'])) met[moment]++
  options.tell?.(`kill ${run.kills}: ${moments.join(', ') || 'between requests'}`)
}

/** After the last kill. */
async function look(run: Run): Promise<void> {
  const { root, world } = run
  using server = await startLife(root, world.ahead)
  const wire = new Wire(server.url)
  await checkPromises(world, wire)
  wire.close()
  if (world.wrong.length > 0) fail(run, server)
  await server.end('SIGTERM')
}

/** What died gives its space back, and all that is named is there afterwards too. */
async function finish(run: Run): Promise<GivenBack> {
  const { root, world } = run
  const end = await letTimePass(dataOf(root), world.ahead)
  for (const one of end.wrong) world.say(one)
  world.ahead += 3 * longWhileMs
  if (world.wrong.length === 0) await look(run)
  return end
}

function fail({ options, world }: Run, server: SpawnedServer): void {
  for (const one of world.wrong) options.tell?.(`WRONG: ${one}`)
  options.tell?.(`the server's last lines:\n${server.printed().split('\n').slice(-15).join('\n')}`)
}
