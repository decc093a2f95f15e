import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Shared } from './shared.ts'

test('the first makes it, the last ends it, and the next makes it anew', async () => {
  const told: string[] = []
  const shared = new Shared(async () => {
    told.push('made')
    return { [Symbol.asyncDispose]: async () => void told.push('ended') }
  })
  const [one, two] = await Promise.all([shared.lease(), shared.lease()])
  assert.equal(one.value, two.value)
  await one[Symbol.asyncDispose]()
  await one[Symbol.asyncDispose]()
  assert.deepEqual(told, ['made'])
  await two[Symbol.asyncDispose]()
  assert.deepEqual(told, ['made', 'ended'])
  await (await shared.lease())[Symbol.asyncDispose]()
  assert.deepEqual(told, ['made', 'ended', 'made', 'ended'])
})

test('what could not be made is tried again', async () => {
  let tries = 0
  const shared = new Shared(async () => {
    tries += 1
    if (tries === 1) throw new Error('not yet')
    return { [Symbol.asyncDispose]: async () => {} }
  })
  await assert.rejects(shared.lease(), /not yet/)
  await using lease = await shared.lease()
  assert.ok(lease.value)
})
