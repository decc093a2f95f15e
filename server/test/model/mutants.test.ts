import assert from 'node:assert/strict'
import test from 'node:test'
import { breakages } from './breakages.ts'
import { search } from './search.ts'

/** A rule whose loss shows only in a rare interleaving is still found within so many. */
const runs = 20_000
const seed = 20_261_121

test('the model sees the loss of every rule', async (t) => {
  let latest = 0
  for (const breakage of Object.keys(breakages)) {
    await t.test(breakage, async (each) => {
      const found = await search({ runs, seed, breakage })
      assert(found.failed, `${runs} interleavings saw nothing wrong`)
      each.diagnostic(`seen in run ${found.runs}`)
      latest = Math.max(latest, found.runs)
    })
  }
  await t.test('and nothing is wrong in the same interleavings with all of them', async () => {
    const found = await search({ runs: latest, seed })
    assert(!found.failed, found.report)
  })
})
