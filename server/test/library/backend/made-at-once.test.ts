import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { done, made, named, namesOf } from '../../../src/library/backend-suite/harness.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'

test('what was made within one millisecond is listed in the order in which it was made', async () => {
  const names = Array.from({ length: 20 }, (_, n) => `Made ${n}`)
  const backend = new MemoryBackend({ clock: new ManualClock() })
  done(await backend.connect())
  try {
    for (const name of names) await made(backend, named(name))
    const first = done(await backend.find({ pagination: { limit: 15 } }))
    assert.deepEqual(namesOf(first), names.slice(0, 15))
    const newest = done(await backend.find({ sort: { field: 'createdAt', order: 'desc' } }))
    assert.deepEqual(namesOf(newest), names.toReversed())
  } finally {
    done(await backend.disconnect())
  }
})
