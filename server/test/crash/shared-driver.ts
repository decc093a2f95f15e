import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import { startTopology, type Topology } from '../kit/servers/topology.ts'
import { openTopologyRegistry } from '../kit/servers/topology-registry.ts'
import { checkPromises } from './check.ts'
import { work } from './clients.ts'
import { endingLimits, type GivenBack, letTimePassFor } from './given-back.ts'
import { failures, graceMs, lifeSettings, uploadLifetimeMs } from './server.ts'
import { Wire } from './wire.ts'
import { World } from './world.ts'

const clientsOfEach = 2
const longestLifeMs = 1_500
/** For so long the others go on without the one that was killed. */
const longestAloneMs = 500
/** The second process is ahead by that. */
export const apartMs = 5_000

export interface SharedCrashOptions {
  readonly kills: number
  readonly seed: number
  /** What befalls the shared servers after each kill. */
  readonly harm?: (topology: Topology, kill: number) => Promise<void>
  readonly tell?: (line: string) => void
}

export interface SharedCrashReport {
  readonly kills: number
  /** Kills of a process to which bytes of an upload were on their way. */
  readonly uploading: number
  /** Times that the other process answered after a kill, while the one was dead. */
  readonly alone: number
  readonly answers: ReadonlyMap<string, number>
  readonly end: GivenBack | undefined
  /** Empty: nothing was lost. */
  readonly wrong: readonly string[]
}

interface Run {
  readonly options: SharedCrashOptions
  readonly topology: Topology
  readonly world: World
  readonly wires: Wire[]
  kills: number
  uploading: number
  alone: number
}

/** Kills one of two processes on shared servers again and again while clients push through both. */
export async function crashShared(options: SharedCrashOptions): Promise<SharedCrashReport> {
  const world = new World(options.seed, seededRandom(options.seed))
  world.mayBeBusy = true
  await using topology = await startTopology({ settings: sharedSettings, aheadMs: [0, apartMs] })
  const wires = topology.ladings.map(({ url }) => new Wire(url))
  const run: Run = { options, topology, world, wires, kills: 0, uploading: 0, alone: 0 }
  let end: GivenBack | undefined
  try {
    while (world.wrong.length === 0 && run.kills < options.kills) await live(run)
    if (world.wrong.length === 0) end = await finish(run)
  } catch (error) {
    world.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    for (const wire of wires) wire.close()
  }
  const { kills, uploading, alone } = run
  return { kills, uploading, alone, answers: world.answers, end, wrong: world.wrong }
}

/** What is promised is shorter than what is set, by what the clocks differ and a bit. */
const sharedSettings: Readonly<Record<string, string>> = {
  ...lifeSettings,
  LADING_LIMITS_GRACE_TIME: `${graceMs + apartMs + 1_000}ms`,
  LADING_LIMITS_UPLOAD_LIFETIME: `${uploadLifetimeMs + apartMs + 1_000}ms`,
  LADING_LOG_LEVEL: 'info',
}

async function live(run: Run): Promise<void> {
  const { topology, world, wires, options } = run
  const stops = wires.map(() => new AbortController())
  const working = wires.flatMap((wire, at) =>
    Array.from({ length: clientsOfEach }, () => work({ world, wire }, (stops[at] as AbortController).signal)),
  )
  const ended = Promise.allSettled(working)
  await setTimeout(world.random.int(longestLifeMs))
  const at = world.random.int(wires.length)
  const [victim, wire] = [topology.ladings[at], wires[at]]
  if (victim === undefined || wire === undefined) throw new Error('there is nobody to kill')
  // Its clients hear of nothing more, and would ask in vain as fast as they can.
  stops[at]?.abort()
  if (wire.isUploading) run.uploading++
  const { signal } = await victim.end('SIGKILL')
  if (signal !== 'SIGKILL') world.say(`a process had ended by itself:\n${victim.printed().slice(-2_000)}`)
  const before = total(world)
  await setTimeout(world.random.int(longestAloneMs))
  run.alone += total(world) - before
  for (const stop of stops) stop.abort()
  for (const end of await ended) if (end.status === 'rejected') throw end.reason
  wire.close()
  run.kills++
  await options.harm?.(topology, run.kills)
  await victim.start()
  wires[at] = new Wire(victim.url)
  for (const each of wires) await checkPromises(world, each)
  for (const each of topology.ladings)
    for (const line of failures(each.printed())) world.say(`a process says: ${line}`)
  options.tell?.(`kill ${run.kills}: of process ${at + 1}, ${world.registers.keys('').length} promises`)
}

function total({ answers }: World): number {
  return [...answers].reduce((sum, [what, count]) => (what.endsWith('unanswered') ? sum : sum + count), 0)
}

/** What died gives its space back, and what stays agrees with itself. */
async function finish({ topology, world }: Run): Promise<GivenBack> {
  for (const each of topology.ladings) {
    const { code } = await each.end('SIGTERM')
    if (code !== 0) world.say(`a process ended with ${code}:\n${each.printed().slice(-2_000)}`)
  }
  const end = await letTimePassFor((now) => openTopologyRegistry(topology, now, endingLimits), apartMs)
  for (const one of end.wrong) world.say(one)
  return end
}
