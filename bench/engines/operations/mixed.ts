import { randomUUID } from 'node:crypto'
import { Timings } from '../../library/operations/timings.ts'
import type { Measurement, Task } from '../task.ts'
import { MixedClient, type Operation, operations } from './mixed-client.ts'

/** Turns of each client that do not count. */
const warmTurns = 2

/** Clients that push, pull, move and delete, each in a repository of its own: the median of each operation, in ms. */
export async function measureMixed({
  origins,
  clients,
  seconds,
}: Extract<Task, { do: 'mixed' }>): Promise<Measurement> {
  const group = randomUUID()
  const all = Array.from({ length: clients }, (_, at) => {
    // Half of them begin at the one, half at the other.
    const [one, other] = at % 2 === 0 ? origins : [origins[1], origins[0]]
    return new MixedClient(`${group}/client-${at}`, [one, other])
  })
  const timings = new Map<Operation, Timings>(operations.map((name) => [name, new Timings()]))
  try {
    const turns = async (client: MixedClient): Promise<void> => {
      for (let turn = 0; turn < warmTurns; turn++) await client.turn(() => {})
    }
    await Promise.all(all.map(turns))
    const until = performance.now() + seconds * 1000
    const work = async (client: MixedClient): Promise<void> => {
      do await client.turn((name, ms) => timings.get(name)?.add(ms))
      while (performance.now() < until)
    }
    await Promise.all(all.map(work))
  } finally {
    for (const client of all) client.close()
  }
  return Object.fromEntries(Array.from(timings, ([name, { median }]) => [name, median]))
}
