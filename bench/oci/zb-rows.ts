import { join } from 'node:path'
import { readZb, type ZbDone, zb, zbArgs } from '../load/zb.ts'
import { freshFolder } from '../process/folder.ts'
import { runProgram } from '../process/run-program.ts'
import type { Measured, Row } from '../session/row.ts'
import { freshServer, freshServerTakes, quietDisk } from './fresh-server.ts'

const clients = 4
/** Of requests, such that a test takes some seconds at most. */
const many = 40
const some = 20
const few = 8
/** With less time for a measurement there are fewer requests. */
const fullSeconds = 3
const deadlineMs = 120_000
/** Run before every other, so that neither server begins cold: it pulls and pushes. */
const warming = 'Pull 75% and Push 25% Mixed 1MB'
const warmingTakes = 0.7
const syncTakes = 0.1

interface ZbTest {
  readonly name: string
  readonly requests: number
  /** Seconds, roughly, with the files that zb makes. */
  readonly takes: number
}

/** All that zb has, but for the two that want another registry to copy from. */
const tests: readonly ZbTest[] = [
  { name: 'Get Catalog', requests: many, takes: 2.5 },
  { name: 'Push Monolith 1MB', requests: many, takes: 0.8 },
  { name: 'Push Monolith 10MB', requests: many, takes: 1.8 },
  { name: 'Push Monolith 100MB', requests: few, takes: 2.4 },
  { name: 'Push Chunk Streamed 1MB', requests: many, takes: 0.9 },
  { name: 'Push Chunk Streamed 10MB', requests: many, takes: 2 },
  { name: 'Push Chunk Streamed 100MB', requests: few, takes: 1.9 },
  { name: 'Pull 1MB', requests: many, takes: 0.2 },
  { name: 'Pull 10MB', requests: many, takes: 0.5 },
  { name: 'Pull 100MB', requests: few, takes: 1 },
  { name: 'Pull Mixed 20% 1MB, 70% 10MB, 10% 100MB', requests: some, takes: 1 },
  { name: 'Push Monolith Mixed 20% 1MB, 70% 10MB, 10% 100MB', requests: some, takes: 1.4 },
  { name: 'Push Chunk Mixed 33% 1MB, 33% 10MB, 33% 100MB', requests: some, takes: 2.3 },
  { name: 'Pull 75% and Push 25% Mixed 1MB', requests: many, takes: 0.3 },
  { name: 'Pull 75% and Push 25% Mixed 10MB', requests: many, takes: 0.5 },
  { name: 'Pull 75% and Push 25% Mixed 100MB', requests: few, takes: 1.2 },
]

export const zbRows: readonly Row[] = tests.map(zbRow)

function zbRow({ name, requests, takes }: ZbTest): Row {
  return {
    name: `zb, ${name}`,
    targets: ['lading', 'zot'],
    needs: [zb.name],
    about: `zot's own benchmark program, ${requests} requests of ${clients} clients, of which the slowest is the p99; the rate counts what it prepares and tidies up. The servers start with an empty folder and are warmed up by zb before the first round. It cannot work with distribution, whose address of an upload has a query that it drops. zot is on its defaults here, which flush nothing.`,
    figures: [
      {
        id: 'rate',
        name: 'rate',
        unit: 'requests/s',
        better: 'more',
        goal: { times: 1, against: ['zot'] },
      },
      { id: 'p99', name: 'p99', unit: 'ms', better: 'less', goal: { atMost: 1, against: ['zot'] } },
    ],
    checkTakes: freshServerTakes + warmingTakes,
    takes: () => syncTakes + takes,
    // zb tells of every answer that it did not want, and fails.
    async check(target) {
      await runZb(target, { name: warming, requests: many })
    },
    async measure(target, seconds) {
      const share = Math.min(1, seconds / fullSeconds)
      const wanted = Math.max(1, Math.round((requests * share) / clients)) * clients
      await quietDisk()
      const { rate, p99Ms } = await runZb(target, { name, requests: wanted })
      return { rate, p99: p99Ms }
    },
  }
}

async function runZb(
  target: Measured,
  { name: test, requests }: Pick<ZbTest, 'name' | 'requests'>,
): Promise<ZbDone> {
  const { origin } = await target.once(() => freshServer(target))
  await using folder = await freshFolder()
  const load = { url: origin, test, clients, requests, workFolder: join(folder.path, 'zb') }
  const { stdout } = await runProgram(target.program(zb.name).path, zbArgs(load), deadlineMs)
  return readZb(stdout, test)
}
