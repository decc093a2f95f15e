import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Composed } from '../../../server/src/boot/compose.ts'
import { Timings } from '../../library/operations/timings.ts'
import { runGenerator } from '../../load/run-generator.ts'
import { serveHere } from '../../process/serve-here.ts'
import { WrongAnswer } from '../../session/row.ts'
import type { Task } from '../task.ts'
import { argon2Time } from './argon2.ts'
import { people } from './fill-people.ts'

const nanosPerMs = 1e6
const address = '192.0.2.1'
/** Before those that count: what serves, and what it asks, is read and compiled. */
const warming = 4
/** A check that takes less than such a part of the hash alone has computed none. */
const leastShare = 0.5

/** What one login costs while nothing else is done, and for how long others wait for the thread while many are under way. */
export async function measureLogin({
  folder,
  people: count,
  clients,
  checks,
  seconds,
}: Extract<Task, { do: 'login' }>): Promise<Readonly<Record<string, number>>> {
  const alone = await argon2Time(checks)
  // One thread has all of the clients.
  const { composed, url, close } = await serveHere(folder, { LADING_THREADS: '1' })
  try {
    for (let one = 0; one < warming; one++) await login(composed, one)
    const timings = new Timings()
    for (let one = warming; one < warming + checks; one++) {
      const begun = performance.now()
      await login(composed, one)
      timings.add(performance.now() - begun)
    }
    if (timings.median < alone * leastShare)
      throw new WrongAnswer(`a login takes ${timings.median} ms, and its hash alone ${alone}`)
    const first = warming + checks
    const users = { ...people, first, count: count - first }
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const done = await runGenerator({ kind: 'log-in', origin: url, clients, seconds, users })
    delay.disable()
    return {
      check: timings.median,
      loop: delay.percentile(99) / nanosPerMs,
      rate: done.times / done.seconds,
    }
  } finally {
    await close()
  }
}

/** By the right password. */
async function login({ registry: { access } }: Composed, one: number): Promise<void> {
  const name = `${people.prefix}${one}`
  const principal = await access.login(name, people.password, address)
  if (principal?.kind !== 'user' || principal.name !== name)
    throw new WrongAnswer(`${name} was not let in by the right password`)
}
