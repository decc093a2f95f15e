import assert from 'node:assert/strict'
import test from 'node:test'
import { breakages } from './breakages.ts'
import { search } from './search.ts'

/** A rule whose loss shows only in a rare interleaving is still found within so many. */
const runs = 20_000

for (const breakage of Object.keys(breakages)) {
  test(`the model sees it when ${breakage}`, async (t) => {
    const found = await search({ runs, seed: 20_261_121, breakage })
    assert(found.failed, `${runs} interleavings saw nothing wrong`)
    t.diagnostic(`seen in run ${found.runs}`)
  })
}
