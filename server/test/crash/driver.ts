import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import type { SpawnedServer } from '../kit/spawned-server.ts'
import { checkPromises } from './check.ts'
import { work } from './clients.ts'
import { type GivenBack, letTimePass, longWhileMs } from './given-back.ts'
import { migrateAndKill } from './migrate-and-kill.ts'
import { type Death, goFile, openPhases, type Phase, phases } from './phases.ts'
import type { CrashReport, Met } from './report.ts'
import { countTaken, dataOf, failures, interruptedJobs, startLife, uploadLifetimeMs } from './server.ts'
import { Wire } from './wire.ts'
import { World } from './world.ts'

const clients = 4
const longestLifeMs = 1_500
const shortLifeMs = 100
/** A server that is to die in a phase may take longer to come to it. */
const longestWayMs = 1_500
/** Half of them on the way back. */
const killsPerMigration = 4
/** Kinds of jobs that take what nobody needs any more. */
const collecting: readonly string[] = [
  'collect',
  'empty-trash',
  'empty-trash-now',
  'expire-uploads',
  'sweep',
  'delete-referrers',
  'retention',
]

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
  /** Jobs that the last kill found running, by revision. */
  running: ReadonlyMap<string, string>
  kills: number
  /** On the one data folder that all clients know. */
  lives: number
}

/** Kills servers while clients push, and stops at the first round that has lost something. */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const root = await mkdtemp(join(tmpdir(), 'lading-crash-'))
  const world = new World(options.seed, seededRandom(options.seed))
  const met = { upload: 0, seal: 0, commit: 0, collection: 0, migration: 0, nothing: 0 }
  const run: Run = {
    options,
    root,
    world,
    met,
    interrupted: new Map(),
    taken: new Map(),
    running: new Map(),
    kills: 0,
    lives: 0,
  }
  const deadline = performance.now() + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  let end: GivenBack | undefined
  try {
    while (world.wrong.length === 0 && run.kills < options.kills && performance.now() < deadline)
      await kill(run)
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

/** Every second kill comes at any moment, the others in the phase that was met least. */
async function kill(run: Run): Promise<void> {
  const { world, met, options } = run
  if (run.kills % 2 === 0) return await live(run)
  const wanted = phases.filter((phase) => phase !== 'migration' || options.harm === undefined)
  const fewest = Math.min(...wanted.map((phase) => met[phase]))
  const phase = world.pick(wanted.filter((each) => met[each] === fewest)) ?? 'commit'
  if (phase === 'migration') await migrate(run)
  else await live(run, deathIn(phase, world))
}

function deathIn(phase: Phase, { random }: World): Death {
  const at = 1 + random.int(phase === 'collection' ? 2 : 8)
  return { phase, at, when: random.int(2) === 0 ? 'begun' : 'over' }
}

async function migrate(run: Run): Promise<void> {
  const { root, world, options } = run
  const kills = Math.min(killsPerMigration, options.kills - run.kills)
  const { met, wrong } = await migrateAndKill(root, world.random, kills)
  for (const phases of met) tellKill(run, phases)
  for (const one of wrong) world.say(one)
}

/** One life: what the last one left is checked, clients work, and it ends at any moment, or in the phase that is given. */
async function live(run: Run, death?: Death): Promise<void> {
  const { options, root, world } = run
  const data = dataOf(root)
  await options.harm?.before?.(data, run.kills)
  const log = join(root, 'phases')
  for (const file of [log, goFile(log)]) await rm(file, { force: true })
  using server = await startLife(root, { ahead: world.ahead, log, death })
  const wire = new Wire(server.url)
  if (run.lives++ > 0) await checkPromises(world, wire)
  if (world.wrong.length > 0) return fail(run, server)
  await writeFile(goFile(log), '')
  const lifeMs = world.random.int(world.chance(4) ? shortLifeMs : longestLifeMs)
  const stop = new AbortController()
  const working = Promise.allSettled(
    Array.from({ length: clients }, () => work({ world, wire }, stop.signal)),
  )
  await Promise.race([server.ended, setTimeout(death === undefined ? lifeMs : longestWayMs)])
  stop.abort()
  const isUploading = wire.isUploading
  const { signal } = await server.end('SIGKILL')
  if (signal !== 'SIGKILL') world.say(`the server had ended by itself:\n${server.printed().slice(-2_000)}`)
  for (const end of await working) if (end.status === 'rejected') throw end.reason
  wire.close()
  await note(run, server, isUploading ? openPhases(log).add('upload') : openPhases(log))
  if (world.wrong.length > 0) fail(run, server)
  await options.harm?.after?.(data, run.kills)
  if (world.chance(5)) world.ahead += uploadLifetimeMs
}

async function note(run: Run, server: SpawnedServer, met: Set<Phase>): Promise<void> {
  const running = await interruptedJobs(run.root)
  const kinds = [...running].filter(([rev]) => !run.running.has(rev)).map(([, kind]) => kind)
  run.running = running
  for (const kind of kinds) run.interrupted.set(kind, (run.interrupted.get(kind) ?? 0) + 1)
  if (kinds.some((kind) => collecting.includes(kind))) met.add('collection')
  countTaken(server.printed(), run.taken)
  for (const line of failures(server.printed())) run.world.say(`the server says: ${line}`)
  tellKill(run, met)
}

function tellKill(run: Run, met: ReadonlySet<Phase>): void {
  run.kills++
  for (const moment of met.size > 0 ? met : (['nothing'] as const)) run.met[moment]++
  run.options.tell?.(`kill ${run.kills}: ${[...met].join(', ') || 'outside of all'}`)
}

/** After the last kill. */
async function look(run: Run): Promise<void> {
  const { root, world } = run
  using server = await startLife(root, { ahead: world.ahead })
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
