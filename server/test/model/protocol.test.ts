import assert from 'node:assert/strict'
import test from 'node:test'
import { search } from './search.ts'

const runs = Number(process.env['LADING_MODEL_RUNS'] ?? 20_000)
const seed = Number(process.env['LADING_MODEL_SEED'] ?? Date.now() % 2 ** 31)

test(`the protocol of files, uploads, blobs and manifests holds under ${runs} random interleavings`, async (t) => {
  t.diagnostic(`LADING_MODEL_SEED=${seed} repeats this run`)
  const found = await search({ runs, seed })
  assert(!found.failed, found.report)
  assert.equal(found.runs, runs)
})
