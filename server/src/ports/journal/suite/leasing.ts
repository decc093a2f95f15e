import assert from 'node:assert/strict'
import { after, eventually, handling, held, type JournalCase, job, journalSuiteOptions } from './harness.ts'

const { leaseTime, attempts } = journalSuiteOptions
const none = { ready: 0, running: 0, dead: 0 }
const nothing = handling(async () => undefined)

/** Who runs a job, and what becomes of it when that process does not. */
export const leasing: readonly JournalCase[] = [
  {
    name: 'a job of a dead process is taken again at once, and counts one more try',
    async check({ world, ask }) {
      const first = world.process()
      const work = held()
      first.journal.start(work.handlers)
      await ask(first, job())
      await work.begun(1)
      const second = world.process()
      assert.equal(await second.journal.drain(nothing), 0)
      first.kill()
      let attempt = 0
      const handlers = handling(async (_, context) => {
        attempt = context.attempt
        return undefined
      })
      assert.equal(await second.journal.drain(handlers), 1)
      assert.equal(attempt, 2)
      assert.deepEqual(await second.journal.counts(), none)
    },
  },
  {
    name: 'a job of a living process is taken only when its lease has ended',
    async check({ world, ask }) {
      const first = world.process()
      const work = held()
      first.journal.start(work.handlers)
      await ask(first, job())
      await work.begun(1)
      first.stall()
      const second = world.process()
      await world.clock.advance(leaseTime - 1)
      assert.equal(await second.journal.drain(nothing), 0)
      assert.deepEqual(await second.journal.counts(), { ...none, running: 1 })
      await world.clock.advance(1)
      assert.equal(await second.journal.drain(nothing), 1)
      assert.deepEqual(await second.journal.counts(), none)
    },
  },
  {
    name: 'a lease is renewed as long as its job runs',
    async check({ world, ask }) {
      const first = world.process()
      const second = world.process()
      const work = held()
      first.journal.start(work.handlers)
      await ask(first, job())
      await work.begun(1)
      for (let third = 0; third < 9; third++) {
        await after(world, leaseTime / 3, async () => {
          const [row] = await second.journal.list('running', 1)
          return row?.runAt === world.clock.now() + leaseTime
        })
        assert.equal(await second.journal.drain(nothing), 0)
      }
      assert.equal(work.runs[0]?.context.signal.aborted, false)
      work.runs[0]?.end()
      await eventually(async () => (await second.journal.counts()).running === 0)
      assert.deepEqual([await second.journal.counts(), work.runs.length], [none, 1])
    },
  },
  {
    name: 'whoever lost the lease is told, and its late end changes nothing',
    async check({ world, ask }) {
      const [first, second] = [world.process(), world.process()]
      const [slow, quick] = [held(), held()]
      first.journal.start(slow.handlers)
      await ask(first, job())
      await slow.begun(1)
      first.stall()
      await world.clock.advance(leaseTime)
      second.journal.start(quick.handlers)
      await quick.begun(1)
      const [before] = await second.journal.list('running', 2)
      first.resume()
      await eventually(() => slow.runs[0]?.context.signal.aborted === true)
      slow.runs[0]?.end()
      await first.journal.stop()
      assert.deepEqual(await second.journal.list('running', 2), [before])
      assert.equal(quick.runs[0]?.context.signal.aborted, false)
      assert.equal(quick.runs[0]?.context.attempt, 2)
      quick.runs[0]?.end()
      await eventually(async () => (await second.journal.counts()).running === 0)
      assert.deepEqual(await second.journal.counts(), none)
    },
  },
  {
    name: 'a late failure of whoever lost the lease changes nothing either',
    async check({ world, ask }) {
      const [first, second] = [world.process(), world.process()]
      const slow = held()
      first.journal.start(slow.handlers)
      await ask(first, job())
      await slow.begun(1)
      first.stall()
      await world.clock.advance(leaseTime)
      assert.equal(await second.journal.drain(nothing), 1)
      first.resume()
      slow.runs[0]?.fail(new Error('too late'))
      await first.journal.stop()
      assert.deepEqual(await second.journal.counts(), none)
    },
  },
  {
    name: 'one renewal that fails loses no lease',
    async check({ world, ask }) {
      const process = world.process()
      const work = held()
      process.journal.start(work.handlers)
      await ask(process, job())
      await work.begun(1)
      await eventually(() => world.clock.sleeping === 2)
      process.fail(1)
      await after(world, leaseTime / 3, () => world.clock.sleeping === 2)
      await after(world, leaseTime / 3, async () => {
        const [row] = await process.journal.list('running', 1)
        return row?.runAt === world.clock.now() + leaseTime
      })
      assert.equal(work.runs[0]?.context.signal.aborted, false)
      work.runs[0]?.end()
      await eventually(async () => (await process.journal.counts()).running === 0)
      assert.deepEqual([await process.journal.counts(), work.runs.length], [none, 1])
    },
  },
  {
    name: 'a lease that cannot be renewed for its whole time is lost',
    async check({ world, ask }) {
      const process = world.process()
      const work = held()
      process.journal.start(work.handlers)
      await ask(process, job())
      await work.begun(1)
      process.fail(Number.POSITIVE_INFINITY)
      for (let third = 1; third <= 3; third++) {
        await eventually(() => world.clock.sleeping >= 1)
        assert.equal(work.runs[0]?.context.signal.aborted, false)
        await world.clock.advance(leaseTime / 3)
      }
      await eventually(() => work.runs[0]?.context.signal.aborted === true)
      process.fail(0)
      work.runs[0]?.end()
    },
  },
  {
    name: 'a job that takes each of its processes down with it is dead in the end',
    async check({ world, ask }) {
      for (let death = 1; death <= attempts; death++) {
        const process = world.process()
        const work = held()
        process.journal.start(work.handlers)
        if (death === 1) await ask(process, job())
        await work.begun(1)
        assert.equal(work.runs[0]?.context.attempt, death)
        process.kill()
      }
      const { journal } = world.process()
      assert.equal(await journal.drain(nothing), 0)
      assert.deepEqual(await journal.counts(), { ...none, dead: 1 })
      const [dead] = await journal.list('dead', 1)
      assert.equal(dead?.attempts, attempts)
      assert.ok(dead?.lastError)
      assert.equal(await journal.revive(dead?.id ?? ''), true)
      assert.equal(await journal.drain(nothing), 1)
    },
  },
]
