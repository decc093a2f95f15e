import assert from 'node:assert/strict'
import type { JobHandler, JobRecord } from '../journal.ts'
import { eventually, handling, held, type JournalCase, job, journalSuiteOptions } from './harness.ts'

const { attempts, firstRetry } = journalSuiteOptions
const failing: JobHandler = async (_, { attempt }) => {
  throw new Error(`try ${attempt} fails`)
}

/** Tries, waits, and the end of trying. */
export const failures: readonly JournalCase[] = [
  {
    name: 'a failed job waits longer each time, then is dead, and says why',
    async check({ world, ask }) {
      const process = world.process()
      const { journal } = process
      await ask(process, job({ payload: { n: 7 }, once: 'daily' }))
      for (let attempt = 1; attempt < attempts; attempt++) {
        assert.equal(await journal.drain(handling(failing)), 1)
        const [row] = await journal.list('ready', 10)
        assert.ok(row)
        const wait = firstRetry * 2 ** (attempt - 1)
        const waits = row.runAt - world.clock.now()
        assert.ok(waits >= wait && waits <= wait * 1.25 + 1, `waits ${waits} ms after try ${attempt}`)
        assert.deepEqual(
          [row.attempts, row.lastError, row.payload],
          [attempt, `try ${attempt} fails`, { n: 7 }],
        )
        await world.clock.advance(waits - 1)
        assert.equal(await journal.drain(handling(failing)), 0)
        await world.clock.advance(1)
      }
      assert.equal(await journal.drain(handling(failing)), 1)
      assert.deepEqual(await journal.counts(), { ready: 0, running: 0, dead: 1 })
      const [dead] = await journal.list('dead', 10)
      assert.deepEqual({ ...dead, id: '' }, deadAfter(attempts, world.clock.now(), { n: 7 }))
      assert.deepEqual(await journal.standing('daily'), dead)
      await world.clock.advance(2 * 3_600_000)
      assert.equal(await journal.drain(handling(failing)), 0)
    },
  },
  {
    name: 'a dead job is revived with its tries forgotten; nothing else is',
    async check({ world, ask }) {
      const process = world.process()
      const { journal } = process
      await ask(process, job({ payload: { n: 7 } }))
      const [ready] = await journal.list('ready', 10)
      assert.equal(await journal.revive(ready?.id ?? ''), false)
      assert.equal(await journal.revive('nobody'), false)
      for (let attempt = 1; attempt <= attempts; attempt++) {
        await journal.drain(handling(failing))
        await world.clock.advance(10 * firstRetry)
      }
      const work = held()
      journal.start(work.handlers)
      await eventually(() => world.clock.sleeping === 1)
      assert.equal(await journal.revive(ready?.id ?? ''), true)
      await work.begun(1)
      assert.deepEqual([work.runs[0]?.context.attempt, work.runs[0]?.payload], [1, { n: 7 }])
      work.runs[0]?.end()
      await eventually(async () => (await journal.counts()).running === 0)
      assert.deepEqual(await journal.counts(), { ready: 0, running: 0, dead: 0 })
      assert.equal(await journal.revive(ready?.id ?? ''), false)
    },
  },
  {
    name: 'whatever a handler throws is a failure with a text',
    async check({ world, ask }) {
      const process = world.process()
      const thrown = [undefined, null, '', 'a text', { code: 5 }, new Error('with \0 and \ud800'), 0]
      for (const [n] of thrown.entries()) await ask(process, job({ payload: { n } }))
      const handlers = handling(async ({ n }) => {
        throw thrown[Number(n)]
      })
      assert.equal(await process.journal.drain(handlers), thrown.length)
      const rows = await process.journal.list('ready', 100)
      assert.deepEqual(
        rows.map((row) => row.attempts),
        thrown.map(() => 1),
      )
      const text = (n: number): string | undefined => rows.find((row) => row.payload['n'] === n)?.lastError
      assert.equal(text(3), 'a text')
      assert.ok(text(0))
      assert.ok(text(1))
      assert.equal(text(5), 'with  and \ufffd')
    },
  },
  {
    name: 'a very long error is kept in part',
    async check({ world, ask }) {
      const process = world.process()
      await ask(process, job())
      await process.journal.drain(
        handling(async () => {
          throw new Error('x'.repeat(5_000_000))
        }),
      )
      const [row] = await process.journal.list('ready', 1)
      assert.ok(row && row.lastError.length > 100 && row.lastError.length < 10_000)
    },
  },
  {
    name: 'one job that fails keeps no other from running',
    async check({ world, ask }) {
      const process = world.process()
      const now = world.clock.now()
      await ask(
        process,
        job({ kind: 'bad', runAt: now - 1 }),
        job(),
        job({ kind: 'bad', runAt: now - 2 }),
        job(),
      )
      let ran = 0
      const handlers = new Map<string, JobHandler>([
        ['bad', failing],
        [
          'work',
          async () => {
            ran++
            return undefined
          },
        ],
      ])
      assert.equal(await process.journal.drain(handlers), 4)
      assert.equal(ran, 2)
      assert.deepEqual(await process.journal.counts(), { ready: 2, running: 0, dead: 0 })
    },
  },
  {
    name: 'a fault of the store while it looks for jobs delays them only',
    async check({ world, ask }) {
      const process = world.process()
      const work = held()
      process.journal.start(work.handlers)
      await eventually(() => world.clock.sleeping === 1)
      process.fail(1)
      await ask(process, job())
      await eventually(() => world.clock.sleeping === 1)
      assert.equal(work.runs.length, 0)
      await world.clock.advance(firstRetry)
      await work.begun(1)
      work.runs[0]?.end()
    },
  },
]

function deadAfter(tries: number, runAt: number, payload: JobRecord['payload']): JobRecord {
  return {
    id: '',
    kind: 'work',
    payload,
    state: 'dead',
    attempts: tries,
    runAt,
    lastError: `try ${tries} fails`,
  }
}
