import assert from 'node:assert/strict'
import test from 'node:test'
import { checkRun } from './check-run.ts'
import { explore } from './explore.ts'
import { openSpawned } from './spawned.ts'
import { wrongRules } from './wrong-rules.ts'

const runs = 5

test(`a process that is killed again and again answers as the model does, in ${runs} programs`, async () => {
  const seed = Date.now() % 2 ** 31
  const found = await explore({ runs, seed, driver: 'spawned' })
  assert(!found.failed, `npm run model -- --driver spawned --runs ${runs} --seed ${seed}\n${found.report}`)
  assert.equal(found.runs, runs)
})

test('a process that keeps content for too short a time is found out', async () => {
  const early = wrongRules['content goes too early']
  assert(early !== undefined)
  await using driver = await openSpawned(early.wrong)
  await assert.rejects(checkRun(driver, early.program), /no order explains/)
})
