import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { MemoryRates } from '../../../src/adapters/rates/memory/memory-rates.ts'
import { shareBuckets } from '../../../src/adapters/rates/memory/shared-buckets.ts'
import { ratesContract } from '../../../src/ports/rates/suite.ts'

const hourly = { tokens: 10, periodMs: 3_600_000 }

describe('rates in memory', () => {
  const cases = ratesContract({
    open: async (takers) => {
      let now = 1_000_000
      const shared = shareBuckets()
      return {
        takers: Array.from({ length: takers }, () => new MemoryRates({ now: () => now, shared })),
        pass: async (ms) => {
          now += ms
        },
        [Symbol.asyncDispose]: async () => undefined,
      }
    },
  })
  for (const { name, run } of cases) it(name, run)

  it('take no more room than they were given, and an emptied bucket outlives those that are nearly full', () => {
    let now = 1_000_000
    const rates = new MemoryRates({ now: () => now, shared: shareBuckets(64) })
    rates.take('victim', hourly, 10)
    for (let at = 0; at < 20_000; at++) {
      now += 1
      rates.take(`stranger ${at}`, hourly)
    }
    assert.equal(rates.take('victim', hourly).allowed, false)
  })

  it('are the same for all threads of a process, to the last token', async () => {
    const shared = shareBuckets()
    const counts = await Promise.all(
      Array.from(
        { length: 4 },
        () =>
          new Promise<number>((resolve, reject) => {
            const url = new URL('./taking-thread.ts', import.meta.url)
            const worker = new Worker(url, { workerData: { shared, tokens: 2_000, tries: 3_000 } })
            worker.once('message', resolve).once('error', reject)
          }),
      ),
    )
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      2_000,
    )
  })
})
