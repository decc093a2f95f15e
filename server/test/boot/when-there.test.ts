import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { whenThere } from '../../src/boot/threads/when-there.ts'
import { RegistryError } from '../../src/domain/error.ts'
import { BlobsError } from '../../src/ports/blobs/errors.ts'
import { StoreError } from '../../src/ports/store/errors.ts'

const waits: number[] = []
const clock = {
  sleep: async (ms: number) => {
    waits.push(ms)
  },
}

test('what is away for now is opened once it is there, with longer and longer waits', async () => {
  const telemetry = new MemoryTelemetry()
  const away = [
    ...Array.from({ length: 6 }, () => new StoreError('transient', 'no answer')),
    new BlobsError('transient', 'no answer'),
    new RegistryError('unavailable', { reason: 'a test', retryAfterMs: 1 }),
  ]
  let tried = 0
  const opened = await whenThere(
    async () => {
      const error = away[tried++]
      if (error !== undefined) throw error
      return 'opened'
    },
    { clock, telemetry },
  )
  assert.equal(opened, 'opened')
  assert.deepEqual(waits, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
  assert.equal(telemetry.lines.filter(({ level }) => level === 'warn').length, away.length)
})

test('what will not pass by itself is thrown at once', async () => {
  const telemetry = new MemoryTelemetry()
  for (const error of [
    new StoreError('permanent', 'a newer schema'),
    new BlobsError('denied', 'no right'),
    new TypeError('a fault of ours'),
  ]) {
    await assert.rejects(
      whenThere(() => Promise.reject(error), { clock, telemetry }),
      error,
    )
  }
  assert.deepEqual(telemetry.lines, [])
})
