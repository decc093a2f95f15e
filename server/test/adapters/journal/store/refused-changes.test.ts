import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../src/adapters/clock/manual/manual-clock.ts'
import { StoreJournal } from '../../../../src/adapters/journal/store/store-journal.ts'
import { seededRandom } from '../../../../src/adapters/random/seeded/seeded-random.ts'
import { openMemoryStore } from '../../../../src/adapters/store/memory/memory-store.ts'
import { MemoryTelemetry } from '../../../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { journalSuiteOptions } from '../../../../src/ports/journal/suite/harness.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import { faultyStore } from '../../../kit/faulty-store.ts'
import { journalSchema } from './store-journal-harness.ts'

const hour = 3_600_000

test('a store that takes no changes is tried ever less often, and told so as often', async () => {
  const clock = new ManualClock()
  const fault = faultyStore()
  const store = fault.wrap(await openMemoryStore(journalSchema, { now: () => clock.now() }))
  const telemetry = new MemoryTelemetry()
  const parts = { store, clock, random: seededRandom(1), telemetry, bootId: 'boot', isDead: () => false }
  const journal = new StoreJournal(parts, { ...journalSuiteOptions, concurrency: 2 })
  const again = { kind: 'work', payload: {} }
  const id = newBatchId(clock.now(), (length) => parts.random.bytes(length))
  await store.commit(id, [...journal.enqueue(again), ...journal.enqueue(again)])
  let commits = 0
  fault.before = (call) => {
    if (call !== 'commit') return
    commits++
    throw new StoreError('denied', 'attempt to write a readonly database')
  }
  let runs = 0
  journal.start(new Map([['work', async () => void runs++]]))
  try {
    await clock.advance(hour)
    assert.ok(commits >= 60 && commits <= 160, `${commits} tries in an hour`)
    const told = telemetry.lines.filter(({ message }) => message === 'a job could not be settled')
    assert.ok(told.length >= 60 && told.length <= 80, `told ${told.length} times in an hour`)
    assert.equal(runs, 0)
    fault.heal()
    await clock.advance(60_000)
    assert.equal(runs, 2)
    assert.deepEqual(await journal.counts(), { ready: 0, running: 0, dead: 0 })
  } finally {
    await journal.stop()
  }
})
