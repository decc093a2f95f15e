import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { DiskSpace } from '../../../src/core/content/disk-space.ts'
import { isRegistryError } from '../../../src/domain/error.ts'

const isFull = (error: unknown): boolean =>
  isRegistryError(error, 'storage-full') && error.data.retryAfterMs > 0

function bench(minFreeBytes: number, ...free: (number | Error)[]) {
  const clock = new ManualClock()
  let asked = 0
  const sources = free.map((_, at) => async () => {
    asked += 1
    const found = free[at]
    if (found instanceof Error) throw found
    return found ?? 0
  })
  return { clock, free, asked: () => asked, space: new DiskSpace({ sources, clock, minFreeBytes }) }
}

test('so many bytes may come that the least stays free, on whichever disk has the least', async () => {
  const { space } = bench(100, 1000, 150)
  await space.require(50)
  await assert.rejects(space.require(51), isFull)
  assert.deepEqual(await space.measure(), { free: 150, short: false })
})

test('a disk on which nothing is free takes nothing, whatever the least is; one that cannot be asked has no bound', async () => {
  await assert.rejects(bench(0, 0).space.require(0), isFull)
  await bench(0, 1).space.require(1)
  await bench(100, new Error('it does not answer')).space.require(1e15)
  await bench(100).space.require(1e15)
})

test('one look a second, however many ask', async () => {
  const { space, clock, free, asked } = bench(100, 1000)
  await Promise.all([space.require(1), space.require(1), space.require(1)])
  free[0] = 0
  await space.require(900)
  assert.equal(asked(), 1)
  await clock.advance(1_000)
  await assert.rejects(space.require(1), isFull)
  assert.equal(asked(), 2)
})

test('bytes on their way break off once too little is left, and their source is told', async () => {
  const { space, clock, free } = bench(100, 1000)
  await space.require(0)
  let ended = false
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      while (true) yield new Uint8Array(1)
    } finally {
      ended = true
    }
  }
  const bytes = space.whileThereIsSome(source())
  await bytes.next()
  free[0] = 99
  await clock.advance(1_000)
  await bytes.next()
  await clock.advance(0)
  await assert.rejects(bytes.next(), isFull)
  assert.equal(ended, true)
})
