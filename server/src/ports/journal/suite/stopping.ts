import assert from 'node:assert/strict'
import { eventually, handling, held, type JournalCase, job, journalSuiteOptions } from './harness.ts'

const { attempts, firstRetry } = journalSuiteOptions
const none = { ready: 0, running: 0, dead: 0 }

/** The end of a process, wanted or not. */
export const stopping: readonly JournalCase[] = [
  {
    name: 'stop aborts what runs and waits for it; the interrupted try does not count',
    async check({ world, ask }) {
      const process = world.process()
      const { journal } = process
      await ask(process, job({ runAt: world.clock.now() }))
      const fail = async (): Promise<never> => {
        throw new Error('really')
      }
      for (let attempt = 1; attempt < attempts; attempt++) {
        await journal.drain(handling(fail))
        await world.clock.advance(10 * firstRetry)
      }
      let ended = false
      const begun = Promise.withResolvers<void>()
      journal.start(
        handling(async (_, { signal, attempt }) => {
          assert.equal(attempt, attempts)
          begun.resolve()
          await eventually(() => signal.aborted)
          await world.clock.advance(0)
          ended = true
          throw signal.reason
        }),
      )
      await begun.promise
      await journal.stop()
      assert.equal(ended, true)
      const other = world.process()
      const [row] = await other.journal.list('ready', 1)
      assert.deepEqual(
        [row?.attempts, row?.runAt, row?.lastError],
        [attempts - 1, world.clock.now(), 'really'],
      )
      assert.equal(await other.journal.drain(handling(async () => undefined)), 1)
      assert.deepEqual(await other.journal.counts(), none)
    },
  },
  {
    name: 'a job that ends well although it was told to stop is finished',
    async check({ world, ask }) {
      const process = world.process()
      const work = held()
      process.journal.start(work.handlers)
      await ask(process, job())
      await work.begun(1)
      const stopped = process.journal.stop()
      assert.equal(work.runs[0]?.context.signal.aborted, true)
      work.runs[0]?.end()
      await stopped
      assert.deepEqual(await world.process().journal.counts(), none)
    },
  },
  {
    name: 'after stop nothing begins, and stop may be asked for again',
    async check({ world, ask }) {
      const process = world.process()
      let runs = 0
      const handlers = handling(async () => {
        runs++
        return undefined
      })
      process.journal.start(handlers)
      await eventually(() => world.clock.sleeping === 1)
      await process.journal.stop()
      assert.equal(world.clock.sleeping, 0)
      await ask(process, job())
      await process.journal.stop()
      assert.equal(await process.journal.drain(handlers), 0)
      process.journal.start(handlers)
      await process.journal.stop()
      assert.equal(runs, 0)
      assert.deepEqual(await process.journal.counts(), { ...none, ready: 1 })
    },
  },
  {
    name: 'stop ends a drain: what it runs is aborted and waited for, and not begun again',
    async check({ world, ask }) {
      const process = world.process()
      const { journal } = process
      await ask(process, job(), job())
      let runs = 0
      const drained = journal.drain(
        handling(async (_, { signal }) => {
          runs++
          await eventually(() => signal.aborted)
          throw signal.reason
        }),
      )
      await eventually(() => runs === 1)
      await journal.stop()
      assert.deepEqual(await journal.counts(), { ...none, ready: 2 })
      assert.equal(await drained, 1)
      assert.equal(runs, 1)
    },
  },
  {
    name: 'after the end of all processes, jobs are as they were, and go on',
    durable: true,
    async check({ world, ask }) {
      const process = world.process()
      const work = held('work', 'more')
      process.journal.start(work.handlers)
      await ask(process, job({ payload: { n: 1 } }))
      await work.begun(1)
      await ask(process, job({ kind: 'later', payload: { n: 2 }, once: 'named' }))
      await world.restart()
      const { journal } = world.process()
      assert.deepEqual(await journal.counts(), { ready: 1, running: 1, dead: 0 })
      assert.equal(typeof (await journal.standing('named'))?.id, 'string')
      const seen: unknown[] = []
      const handlers = handling(
        async (payload, { attempt }) => {
          seen.push([payload['n'], attempt])
          return undefined
        },
        'work',
        'later',
      )
      assert.equal(await journal.drain(handlers), 2)
      assert.deepEqual(seen, [
        [1, 2],
        [2, 1],
      ])
      assert.deepEqual(await journal.counts(), none)
    },
  },
]
