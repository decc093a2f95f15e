import assert from 'node:assert/strict'
import test from 'node:test'
import { search } from '../search.ts'
import { checkRun } from './check-run.ts'
import { openInProcess } from './in-process.ts'
import { wrongRules } from './wrong-rules.ts'

const runs = Number(process.env['LADING_HTTP_MODEL_RUNS'] ?? 300)
const seed = Number(process.env['LADING_HTTP_MODEL_SEED'] ?? Date.now() % 2 ** 31)
const program = new URL('./search-thread.ts', import.meta.url)

test(`a registry answers as a plain model of it does, in ${runs} random programs over HTTP`, async (t) => {
  t.diagnostic(`LADING_HTTP_MODEL_SEED=${seed} repeats this run`)
  const found = await search({ runs, seed }, program)
  assert(!found.failed, found.report)
  assert.equal(found.runs, runs)
})

for (const [what, { wrong, program: found }] of Object.entries(wrongRules)) {
  test(`a registry is found out in which ${what}`, async () => {
    {
      await using sound = await openInProcess()
      await checkRun(sound, found)
    }
    await using driver = await openInProcess(wrong)
    await assert.rejects(checkRun(driver, found), /no order explains/)
  })
}
