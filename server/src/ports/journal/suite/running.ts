import assert from 'node:assert/strict'
import type { JobPayload } from '../journal.ts'
import {
  after,
  eventually,
  handling,
  held,
  type JournalCase,
  job,
  journalSuiteOptions,
  order,
  orders,
} from './harness.ts'

const none = { ready: 0, running: 0, dead: 0 }
const { pollTime, concurrency } = journalSuiteOptions

/** From the batch of the change that asks for it to its end. */
export const running: readonly JournalCase[] = [
  {
    name: 'a job rides in the batch of its change: what fails leaves no job, what succeeds leaves both',
    async check({ world, done, tried }) {
      const { journal } = world.process()
      await done(order('taken'))
      const work = held()
      const outcome = await tried(order('first'), ...journal.enqueue(job()), order('taken'))
      assert.equal(outcome.ok, false)
      assert.deepEqual(await journal.counts(), none)
      assert.equal(await journal.drain(work.handlers), 0)
      await done(order('first'), ...journal.enqueue(job()))
      assert.ok(await world.store.get(orders, ['first']))
      assert.deepEqual(await journal.counts(), { ...none, ready: 1 })
    },
  },
  {
    name: 'a job gets its payload as it was, and leaves nothing behind',
    async check({ world, ask }) {
      const process = world.process()
      const payload: JobPayload = { a: 'ü\u0000\ud83d\ude00', b: -1.5, c: true, d: null, e: ['x', ''] }
      await ask(process, job({ payload }))
      const seen: unknown[] = []
      const handlers = handling(async (got, { attempt, signal }) => {
        seen.push(got, attempt, signal.aborted, await process.journal.counts())
        return undefined
      })
      assert.equal(await process.journal.drain(handlers), 1)
      assert.deepEqual(seen, [payload, 1, false, { ...none, running: 1 }])
      assert.deepEqual(await process.journal.counts(), none)
      for (const state of ['ready', 'running', 'dead'] as const) {
        assert.deepEqual(await process.journal.list(state, 10), [])
      }
    },
  },
  {
    name: 'a journal at rest runs a job when it is woken, without time passing',
    async check({ world, ask }) {
      const process = world.process()
      const work = held()
      process.journal.start(work.handlers)
      await eventually(() => world.clock.sleeping === 1)
      await ask(process, job())
      await work.begun(1)
      work.runs[0]?.end()
      await eventually(async () => (await process.journal.counts()).running === 0)
      assert.deepEqual(await process.journal.counts(), none)
    },
  },
  {
    name: 'what nobody told it of is found when it looks by itself',
    async check({ world, done }) {
      const process = world.process()
      const work = held()
      process.journal.start(work.handlers)
      await eventually(() => world.clock.sleeping === 1)
      await done(...process.journal.enqueue(job()))
      await after(world, pollTime - 1, () => world.clock.sleeping === 1)
      assert.equal(work.runs.length, 0)
      await world.clock.advance(1)
      await work.begun(1)
      work.runs[0]?.end()
    },
  },
  {
    name: 'a job does not run before its time, and runs when it has come',
    async check({ world, ask }) {
      const process = world.process()
      const work = held()
      process.journal.start(work.handlers)
      await eventually(() => world.clock.sleeping === 1)
      await ask(process, job({ runAt: world.clock.now() + 700 }))
      await eventually(() => world.clock.sleeping === 1)
      await world.clock.advance(699)
      assert.equal(await process.journal.drain(work.handlers), 0)
      assert.equal(work.runs.length, 0)
      await world.clock.advance(1)
      await work.begun(1)
      work.runs[0]?.end()
    },
  },
  {
    name: 'jobs run in the order of their times',
    async check({ world, ask }) {
      const process = world.process()
      const now = world.clock.now()
      for (const early of [2, 5, 1, 4, 3]) {
        await ask(process, job({ payload: { early }, runAt: now - early }))
      }
      const seen: unknown[] = []
      const handlers = handling(async ({ early }) => {
        seen.push(early)
        return undefined
      })
      assert.equal(await process.journal.drain(handlers), 5)
      assert.deepEqual(seen, [5, 4, 3, 2, 1])
    },
  },
  {
    name: 'drain runs what a job makes due, and leaves what is due later',
    async check({ world, ask }) {
      const process = world.process()
      await ask(process, job({ payload: { left: 3 } }))
      const handlers = handling(async ({ left }) => {
        const more = { payload: { left: Number(left) - 1 } }
        await ask(process, left === 0 ? job({ runAt: world.clock.now() + 1 }) : job(more))
        return undefined
      })
      assert.equal(await process.journal.drain(handlers), 4)
      assert.deepEqual(await process.journal.counts(), { ...none, ready: 1 })
    },
  },
  {
    name: 'no more run at once than are allowed, and all run',
    async check({ world, ask }) {
      const process = world.process()
      const work = held()
      let ended = 0
      process.journal.start(work.handlers)
      await ask(process, ...Array.from({ length: 7 }, () => job()))
      while (ended < 7) {
        await work.begun(Math.min(7, ended + concurrency))
        await eventually(
          async () => (await process.journal.counts()).running === Math.min(concurrency, 7 - ended),
        )
        assert.ok(work.runs.length <= ended + concurrency)
        work.runs[ended++]?.end()
      }
      await eventually(async () => (await process.journal.counts()).running === 0)
      assert.deepEqual(await process.journal.counts(), none)
    },
  },
  {
    name: 'several processes run each job once',
    async check({ world, ask }) {
      const processes = [world.process(), world.process(), world.process()] as const
      const seen: unknown[] = []
      const handlers = handling(async ({ n }) => {
        seen.push(n)
        return undefined
      })
      await ask(processes[0], ...Array.from({ length: 20 }, (_, n) => job({ payload: { n } })))
      for (const { journal } of processes) journal.start(handlers)
      await eventually(async () => {
        const { ready, running } = await processes[0].journal.counts()
        for (const { journal } of processes) journal.wake()
        return ready + running === 0
      })
      assert.deepEqual(
        seen.toSorted((a, b) => Number(a) - Number(b)),
        Array.from({ length: 20 }, (_, n) => n),
      )
    },
  },
  {
    name: 'a kind without a handler stays ready, is warned of once, and hides nothing behind it',
    async check({ world, ask }) {
      const process = world.process()
      const now = world.clock.now()
      const strange = Array.from({ length: 250 }, () => job({ kind: 'strange', runAt: now - 10 }))
      await ask(process, ...strange, job({ kind: 'odd', runAt: now - 5 }), job())
      const work = held()
      process.journal.start(work.handlers)
      await work.begun(1)
      work.runs[0]?.end()
      await eventually(async () => {
        const { ready, running } = await process.journal.counts()
        return ready === 251 && running === 0
      })
      await after(world, 3 * pollTime, () => world.clock.sleeping === 1)
      assert.deepEqual(await process.journal.counts(), { ...none, ready: 251 })
      assert.equal(process.warnings.filter((warning) => warning.includes('kind')).length, 2)
    },
  },
  {
    name: 'a job of a name stands once until it is finished',
    async check({ world, ask, done, tried }) {
      const process = world.process()
      const { journal } = process
      const again = async (id: string): Promise<void> => {
        const outcome = await tried(order(id), ...journal.enqueue(job({ once: 'daily' })))
        assert.equal(!outcome.ok && outcome.why, 'exists')
        assert.equal(await world.store.get(orders, [id]), undefined)
        assert.equal(typeof (await journal.standing('daily'))?.id, 'string')
      }
      assert.equal(await journal.standing('daily'), undefined)
      await done(...journal.enqueue(job({ once: 'daily' })))
      await again('while ready')
      assert.equal(await journal.standing('weekly'), undefined)
      await done(...journal.enqueue(job({ once: 'weekly', runAt: world.clock.now() + 1 })))
      const handlers = handling(async () => {
        await again('while running')
        return undefined
      })
      assert.equal(await journal.drain(handlers), 1)
      assert.equal(await journal.standing('daily'), undefined)
      assert.equal((await journal.standing('weekly'))?.state, 'ready')
      await ask(process, job({ once: 'daily' }))
      assert.equal((await journal.standing('daily'))?.state, 'ready')
    },
  },
  {
    name: 'a job that wants to run again is ready at its time, as on its first try, under its name',
    async check({ world, ask }) {
      const process = world.process()
      await ask(process, job({ once: 'daily' }))
      const attempts: number[] = []
      const handlers = handling(async (_, { attempt }) => {
        attempts.push(attempt)
        if (attempts.length === 1) throw new Error('not yet')
        return { againAt: world.clock.now() + 5_000 }
      })
      await process.journal.drain(handlers)
      await world.clock.advance(2_000)
      const at = world.clock.now() + 5_000
      assert.equal(await process.journal.drain(handlers), 1)
      const [row] = await process.journal.list('ready', 10)
      assert.deepEqual(
        { ...row, id: '' },
        { id: '', kind: 'work', payload: {}, state: 'ready', attempts: 0, runAt: at, lastError: '' },
      )
      assert.equal((await process.journal.standing('daily'))?.state, 'ready')
      await world.clock.advance(4_999)
      assert.equal(await process.journal.drain(handlers), 0)
      await world.clock.advance(1)
      assert.equal(await process.journal.drain(handlers), 1)
      assert.deepEqual(attempts, [1, 2, 1])
    },
  },
  {
    name: 'a payload is kept up to 64 KiB, and refused beyond, counted in bytes',
    async check({ world, ask }) {
      const process = world.process()
      const wrapped = JSON.stringify({ text: '' }).length
      const most = { text: 'x'.repeat(65_536 - wrapped) }
      assert.throws(() => process.journal.enqueue(job({ payload: { text: `${most.text}x` } })), RangeError)
      assert.throws(() => process.journal.enqueue(job({ payload: { text: 'ü'.repeat(40_000) } })), RangeError)
      await ask(process, job({ payload: most }))
      const handlers = handling(async (payload) => {
        assert.deepEqual(payload, most)
        return undefined
      })
      assert.equal(await process.journal.drain(handlers), 1)
      assert.deepEqual(await process.journal.counts(), none)
    },
  },
]
