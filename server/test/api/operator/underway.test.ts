import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Busy, Underway } from '../../../src/api/operator/underway.ts'

test('work that hangs gives its turn back once nobody wants it any more', async () => {
  const underway = new Underway(() => 0, 1)
  const asked = new AbortController()
  const hung = Promise.withResolvers<void>()
  const first = underway.run('backup', asked.signal, () => hung.promise)
  const never = new AbortController().signal
  await assert.rejects(
    underway.run('backup', never, async () => 'second'),
    Busy,
  )
  asked.abort(new Error('gone'))
  await assert.rejects(first, /gone/)
  assert.equal(await underway.run('backup', never, async () => 'second'), 'second')
  assert.deepEqual(await underway.stop(1), ['backup'], 'it has not ended')
  hung.resolve()
  assert.deepEqual(await underway.stop(60_000), [])
})

test('work that ends soon after nobody wants it any more says itself how', async () => {
  const underway = new Underway(() => 0, 60_000)
  const asked = new AbortController()
  const work = underway.run('scrub', asked.signal, async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return 'as far as it came'
  })
  asked.abort()
  assert.equal(await work, 'as far as it came')
  assert.deepEqual(await underway.stop(1), [])
})
