import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Together } from '../../../src/core/search/together.ts'

test('who comes while work is done shares the next time, which begins behind it', async () => {
  const runs: PromiseWithResolvers<number>[] = []
  const together = new Together(() => {
    const run = Promise.withResolvers<number>()
    runs.push(run)
    return run.promise
  })
  const first = together.run()
  const [second, third] = [together.run(), together.run()]
  assert.equal(runs.length, 1)
  runs[0]?.resolve(1)
  assert.equal(await first, 1)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(runs.length, 2)
  const fourth = together.run()
  const idle = together.idle()
  runs[1]?.reject(new Error('broken'))
  await assert.rejects(second, /broken/)
  await assert.rejects(third, /broken/)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(runs.length, 3)
  runs[2]?.resolve(3)
  assert.equal(await fourth, 3)
  await idle
  const fifth = together.run()
  assert.equal(runs.length, 4)
  runs[3]?.resolve(4)
  assert.equal(await fifth, 4)
})
