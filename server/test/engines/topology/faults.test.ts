import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { type Answer, ask } from '../../kit/http-client.ts'
import { type Spoilers, startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'
import { until } from '../../kit/until.ts'
import { checkHistories, checkPromises, checkRows } from './keeps-promises.ts'
import { type Load, startLoad } from './load.ts'

const rounds = Number(process.env['LADING_FAULT_ROUNDS'] ?? 5)
/** Short, so that what has to end by them ends soon. */
const settings = {
  LADING_STORE_CONNECT_TIMEOUT: '1s',
  LADING_STORE_QUEUE_TIMEOUT: '1s',
  LADING_STORE_STATEMENT_TIMEOUT: '1s',
  LADING_BLOBS_TIMEOUT: '1s',
  LADING_BLOBS_ATTEMPTS: '2',
  LADING_LIMITS_PROBE_INTERVAL: '1s',
}
/** A request makes several reads and commits, each of which may have to wait for all of the above, and a commit four times. */
const longestMs = 30_000
const faultMs = 1_500
/** For one whose commit is under way to be told that its outcome is unknown: four tries of all of the above. */
const longEnoughMs = 9_000

/** Whatever happens meanwhile: nothing is waited for. */
const aWhile = (): Promise<void> => pause(faultMs)

/** Until more was pushed than was under way when it began, however slow the machine is: pushes go on while it lasts. */
const untilPushed = async (load: Load): Promise<void> => {
  const { pushed } = load
  await aWhile()
  await until(async () => load.pushed > pushed + 3)
}

/** Where a process has ended by itself, its last lines say why. */
const lastOf = (printed: string): string => printed.split('\n').slice(-12).join('\n')

const isUnknown = (answer: Answer | Error): boolean =>
  !(answer instanceof Error) && answer.status === 500 && answer.text().includes('it is not known whether')

describe('under load, with clocks 5 s apart', { skip: topologySkip, concurrency: 1 }, () => {
  let topology: Topology
  let spoilers: Spoilers
  let pids: readonly number[]

  before(async () => {
    const postgresql = { settings: ['max_connections=70'] }
    topology = await startTopology({ spoilt: true, settings, aheadMs: [0, 5_000], postgresql })
    assert.ok(topology.spoilers)
    spoilers = topology.spoilers
    pids = topology.ladings.map(({ pid }) => pid)
  })

  after(async () => {
    try {
      const ends = await Promise.all(topology.ladings.map((each) => each.end('SIGTERM')))
      assert.deepEqual(
        ends.map(({ code }) => code),
        [0, 0],
        topology.ladings.map((each) => lastOf(each.printed())).join('\n'),
      )
      await checkRows(topology)
    } finally {
      await topology[Symbol.asyncDispose]()
    }
  })

  interface Fault {
    readonly begin: (round: number) => Promise<void>
    readonly end: () => Promise<void>
    readonly mayFail?: (what: string, answer: Answer | Error) => boolean
    /** How long it lasts; a while, where nothing is said. */
    readonly lasts?: (load: Load) => Promise<void>
  }

  async function recovered(load: Load): Promise<void> {
    for (const { url } of topology.ladings)
      await until(async () => (await ask(url, { path: '/readyz' })).status === 200)
    const { pushed, pulled } = load
    await until(async () => load.pushed > pushed + 3 && load.pulled > pulled + 3)
  }

  async function withstand({ begin, end, mayFail, lasts = aWhile }: Fault): Promise<Load> {
    await using load = startLoad(topology, { longestMs, ...(mayFail && { mayFail }) })
    await until(async () => load.pushed > 3)
    for (let round = 0; round < rounds; round++) {
      try {
        await begin(round)
        await lasts(load)
      } finally {
        await end()
      }
      await recovered(load)
      assert.deepEqual(load.promises.wrong, [], `round ${round}`)
    }
    await load.stop()
    assert.deepEqual(load.promises.wrong, [])
    assert.deepEqual(await checkPromises(topology, load.promises), [])
    assert.deepEqual(await checkHistories(topology, load.promises), [])
    assert.deepEqual(
      topology.ladings.map(({ pid, isRunning }) => isRunning && pid),
      pids,
      'nobody was restarted',
    )
    return load
  }

  const toldOf = (load: Load): string =>
    `pushed ${load.pushed}, pulled ${load.pulled}, longest ${Math.round(load.longestSeenMs)} ms; ${[...load.refusals].map((each) => each.join(': ')).join(', ')}`

  test('no fault: nothing fails', async (t) => {
    const load = await withstand({ begin: async () => {}, end: async () => {}, lasts: untilPushed })
    t.diagnostic(toldOf(load))
    assert.deepEqual(
      [...load.refusals].filter(([name]) => name !== 'GET 404'),
      [],
    )
  })

  test('the database is cut off in the middle of commits', async (t) => {
    const load = await withstand({
      begin: (round) => spoilers.database.cutAfter(round * 97, round % 2 === 0 ? 'down' : 'up'),
      end: () => spoilers.database.recover(),
      mayFail: (_, answer) => isUnknown(answer),
    })
    t.diagnostic(toldOf(load))
  })

  /** While answers take long, it is likely that somebody waits for that of a commit. */
  async function loseAnswers(): Promise<void> {
    await spoilers.database.latency(200)
    await pause(400)
    await spoilers.database.blackHole('down')
  }

  test('commits arrive, and what became of them is not to be had: clients learn that, and nothing is done twice', async (t) => {
    let unknown = 0
    let before = 0
    const load = await withstand({
      begin: async () => {
        before = unknown
        await loseAnswers()
      },
      // Nobody may have been in the middle of a commit.
      lasts: async (load) => {
        for (;;) {
          const told = performance.now() + longEnoughMs
          await until(async () => unknown > before || performance.now() > told)
          if (unknown > before) return
          await spoilers.database.recover()
          const { pushed } = load
          await until(async () => load.pushed > pushed)
          await loseAnswers()
        }
      },
      end: () => spoilers.database.recover(),
      mayFail: (_, answer) => isUnknown(answer) && ++unknown > 0,
    })
    t.diagnostic(`${toldOf(load)}; told ${unknown} times that the outcome is unknown`)
    assert.ok(unknown >= rounds)
  })

  test('the database is cut off from everybody', async (t) => {
    const load = await withstand({
      begin: () => spoilers.database.cut(),
      end: () => spoilers.database.recover(),
      mayFail: (_, answer) => isUnknown(answer),
    })
    t.diagnostic(toldOf(load))
  })

  test('nothing of the database arrives', async (t) => {
    const load = await withstand({
      begin: () => spoilers.database.blackHole(),
      end: () => spoilers.database.recover(),
      mayFail: (_, answer) => isUnknown(answer),
    })
    t.diagnostic(toldOf(load))
  })

  test('the primary is restarted', async (t) => {
    const load = await withstand({
      begin: (round) => (round % 2 === 0 ? topology.database.stop() : topology.database.kill()),
      end: () => topology.database.start(),
      mayFail: (_, answer) => isUnknown(answer),
    })
    t.diagnostic(toldOf(load))
  })

  test('the database has no connection left', async (t) => {
    const taken: Client[] = []
    const load = await withstand({
      begin: async () => {
        await topology.database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'lading%' AND pid <> pg_backend_pid()`,
        )
        for (;;) {
          const client = new Client({ connectionString: topology.databaseUrl })
          client.on('error', () => {})
          try {
            await client.connect()
            taken.push(client)
          } catch {
            return
          }
        }
      },
      end: async () => {
        await Promise.all(taken.splice(0).map((client) => client.end()))
      },
      mayFail: (_, answer) => isUnknown(answer),
    })
    t.diagnostic(toldOf(load))
  })

  for (const [what, begin, end] of [
    ['is killed and restarted', () => topology.redis.kill(), () => topology.redis.start()],
    ['is slow', () => spoilers.redis.latency(300), () => spoilers.redis.recover()],
    ['stands still', async () => topology.redis.freeze(), async () => topology.redis.thaw()],
    ['is cut off', () => spoilers.redis.cut(), () => spoilers.redis.recover()],
  ] as const)
    test(`Redis ${what}`, async (t) => {
      const load = await withstand({ begin, end, lasts: untilPushed })
      t.diagnostic(toldOf(load))
      assert.deepEqual(
        [...load.refusals].filter(([name]) => name !== 'GET 404'),
        [],
      )
    })

  const answerBy = async (status: number): Promise<void> => {
    spoilers.s3Status = status
  }

  for (const [what, begin] of [
    ['times out', () => spoilers.s3.blackHole()],
    ['is slow', () => spoilers.s3.latency(400)],
    ['is cut off', () => spoilers.s3.cut()],
    [
      'ends connections',
      (round: number) => spoilers.s3.cutAfter(50_000 + round * 30_000, round % 2 ? 'up' : 'down'),
    ],
    ['answers 500', () => answerBy(500)],
    ['answers 503', () => answerBy(503)],
  ] as const)
    test(`S3 ${what}`, async (t) => {
      const load = await withstand({
        begin,
        end: async () => {
          spoilers.s3Status = undefined
          await spoilers.s3.recover()
        },
        // A body whose end cannot be had is broken off: it must not look whole.
        mayFail: (request, answer) => request.startsWith('GET ') && answer instanceof Error,
      })
      t.diagnostic(toldOf(load))
    })
})
