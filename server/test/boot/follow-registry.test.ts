import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import { followRegistry } from '../../src/boot/compose/follow-registry.ts'
import type { Composed } from '../../src/boot/compose.ts'
import { schema } from '../../src/boot/schema.ts'
import { followedGenerations, withGenerations } from '../../src/core/cache/generations.ts'
import { tellingFaults } from '../../src/core/ledger/telling-faults.ts'
import { tableHash } from '../../src/ports/store/row-hash.ts'
import type { Follower, Store } from '../../src/ports/store/store.ts'

test('a registry on a store that others share hears of them through all that the store is wrapped in', async () => {
  const told: string[] = []
  let follower: Follower | undefined
  const memory = await openMemoryStore(schema)
  const shared: Store = Object.assign(Object.create(memory), {
    can: { ...memory.can, shared: true },
    follow: async (given: Follower) => {
      follower = given
      return { era: 'one', [Symbol.asyncDispose]: async () => void told.push('left') }
    },
  })
  const generations = followedGenerations()
  const composed = {
    store: withGenerations(tellingFaults(shared), generations),
    generations,
    events: { publish: () => told.push('events') },
    journal: { wake: () => told.push('jobs') },
  } as unknown as Composed
  const following = await followRegistry(composed, () => told.push('published'))
  assert.equal(following?.era, 'one')
  assert.ok(follower !== undefined)
  follower.current(1, performance.timeOrigin + performance.now())
  assert.equal(generations.isCurrent(), true)
  follower.touched([tableHash('tags')], 2)
  follower.touched([tableHash('jobs')], 3)
  assert.deepEqual(told, ['events', 'published', 'jobs', 'events', 'published'])
  await following[Symbol.asyncDispose]()
  assert.equal(told.at(-1), 'left')
})

test('a store of this process alone is not followed, and its cache holds at once', async () => {
  const store = await openMemoryStore(schema)
  const { Generations } = await import('../../src/core/cache/generations.ts')
  const generations = new Generations()
  const composed = { store: withGenerations(store, generations), generations } as unknown as Composed
  assert.equal(await followRegistry(composed), undefined)
  assert.equal(generations.isCurrent(), true)
})
