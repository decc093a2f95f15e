import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '../../src/ports/store/store.ts'
import { testCore } from '../core/kit.ts'

const well = { store: 'ok', blobs: 'ok', journal: 'ok' }

test('a registry whose parts answer is ready, and tells how its jobs stand', async () => {
  await using core = await testCore()
  assert.deepEqual(await core.registry.health.ready(), {
    ready: true,
    parts: well,
    jobs: { ready: 0, running: 0, dead: 0 },
  })
  const jobs = [{ kind: 'a', payload: {} }]
  await core.core.ledger.keep(async () => ({ value: 0, changes: [], jobs }))
  assert.deepEqual((await core.registry.health.ready()).jobs, { ready: 1, running: 0, dead: 0 })
})

test('a store or a folder that fails is said by its name, and the rest still answers', async () => {
  let broken = ''
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (_, name) =>
        name === broken
          ? () => Promise.reject(new Error(`${broken} fails`))
          : (Reflect.get(store, name) as () => unknown).bind?.(store),
    })
  await using core = await testCore({ wrap })
  broken = 'get'
  assert.deepEqual((await core.registry.health.ready()).parts, { ...well, store: 'get fails' })
  broken = 'count'
  const { ready, parts, jobs } = await core.registry.health.ready()
  assert.deepEqual(
    [ready, parts, jobs],
    [false, { ...well, journal: 'count fails' }, { ready: 0, running: 0, dead: 0 }],
  )
  broken = ''
  core.blobs.length = () => Promise.reject(new Error('the disk is gone'))
  assert.deepEqual((await core.registry.health.ready()).parts, { ...well, blobs: 'the disk is gone' })
})
