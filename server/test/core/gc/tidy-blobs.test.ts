import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tidyBlobs } from '../../../src/core/gc/tidy-blobs.ts'
import type { Core } from '../../../src/core/ledger/core.ts'

const hour = 3_600_000

function coreWith(blobs: object): Core {
  return {
    blobs,
    clock: { now: () => 100 * hour },
    limits: { uploadLifetime: 24 * hour, graceTime: 10 * hour },
  } as unknown as Core
}

test('what engines of blobs have left is taken away once no upload can still be under way', async () => {
  const asked: number[] = []
  async function* tidy(before: number): AsyncGenerator<string> {
    asked.push(before)
    yield 'one'
    yield 'two'
  }
  assert.equal(await tidyBlobs(coreWith({ tidy }), new AbortController().signal), 2)
  assert.deepEqual(asked, [66 * hour])
})

test('an engine that leaves nothing is asked for nothing', async () => {
  assert.equal(await tidyBlobs(coreWith({}), new AbortController().signal), 0)
})
