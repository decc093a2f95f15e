import assert from 'node:assert/strict'
import test from 'node:test'
import { isRegistryError } from '../../src/domain/error.ts'
import { parseRepositoryName } from '../../src/domain/repository-name.ts'
import { parseTag } from '../../src/domain/tag.ts'
import { StoreError } from '../../src/ports/store/errors.ts'
import type { Store } from '../../src/ports/store/store.ts'
import { overStore } from '../kit/over-store.ts'
import { testCore } from './kit.ts'

const name = parseRepositoryName('acme/app')

/** A store whose reads fail as the test says, and go on once it says nothing. */
function failing(kind: () => StoreError['kind'] | undefined): (store: Store) => Store {
  return (store) => {
    const guarded =
      <A extends unknown[], T>(read: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        const failure = kind()
        if (failure !== undefined) throw new StoreError(failure, 'the cable is out')
        return await read(...args)
      }
    return overStore(store, {
      get: guarded(store.get.bind(store)) as Store['get'],
      getMany: guarded(store.getMany.bind(store)) as Store['getMany'],
      find: guarded(store.find.bind(store)) as Store['find'],
      count: guarded(store.count.bind(store)),
      tail: guarded(store.tail.bind(store)) as Store['tail'],
    })
  }
}

test('a read that cannot be answered now is unavailable and never missing, and answers once the store is back', async () => {
  let fault: StoreError['kind'] | undefined
  await using open = await testCore({ wrap: failing(() => fault) })
  fault = 'transient'
  const unavailable = (error: unknown): boolean =>
    isRegistryError(error, 'unavailable') && error.data.retryAfterMs > 0
  await assert.rejects(async () => await open.registry.manifests.get(name, parseTag('v1')), unavailable)
  await assert.rejects(open.registry.tags.list(name, { limit: 10 }), unavailable)
  await assert.rejects(open.registry.repositories.list({ kind: 'anonymous' }, { limit: 10 }), unavailable)
  fault = undefined
  await assert.rejects(
    async () => await open.registry.manifests.get(name, parseTag('v1')),
    (error) => isRegistryError(error, 'manifest-unknown'),
  )
})

test('a right that is lost, and a disk that is full, are told as what they are', async () => {
  let fault: StoreError['kind'] | undefined
  await using open = await testCore({ wrap: failing(() => fault) })
  fault = 'denied'
  await assert.rejects(
    open.registry.tags.list(name, { limit: 10 }),
    (error) => isRegistryError(error, 'unavailable') && error.data.retryAfterMs >= 10_000,
  )
  fault = 'full'
  await assert.rejects(open.registry.tags.list(name, { limit: 10 }), (error) =>
    isRegistryError(error, 'storage-full'),
  )
  fault = undefined
})

test('a fault that will not pass is not told as one that does', async () => {
  let fault: StoreError['kind'] | undefined
  await using open = await testCore({ wrap: failing(() => fault) })
  fault = 'permanent'
  await assert.rejects(open.registry.tags.list(name, { limit: 10 }), (error) => error instanceof StoreError)
  fault = undefined
})
