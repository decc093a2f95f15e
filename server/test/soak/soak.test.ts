import assert from 'node:assert/strict'
import test from 'node:test'
import { unmet } from './report.ts'
import { soak } from './soak.ts'

test('a server under all sorts of load fails nobody, loses nothing and gives all back', {
  timeout: 120_000,
}, async () => {
  const seed = Date.now() % 2 ** 31
  const report = await soak({ seconds: 5, warmUpSeconds: 4, seed, rate: 50, sampleEveryMs: 1_000 })
  assert.deepEqual(report.wrong, [], `npm run soak -- --minutes 0.1 --seed ${seed}`)
  assert.deepEqual(unmet(report), [], `npm run soak -- --minutes 0.1 --seed ${seed}`)
  assert.equal(report.scrubs.length, 2)
  assert.ok(report.series.length > 0)
  const asked = new Set(Object.keys(report.answers).map((name) => name.replace(/ \S+$/, '')))
  for (const what of ['put manifest', 'finish upload', 'patch upload', 'get tag', 'get blob']) {
    assert.ok(asked.has(what), `no client came to ${what}`)
  }
})
