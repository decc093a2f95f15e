import assert from 'node:assert/strict'
import test from 'node:test'
import { isRegistryError } from '../../src/domain/error.ts'
import { parseRepositoryName } from '../../src/domain/repository-name.ts'
import { parseTag } from '../../src/domain/tag.ts'
import { StoreError } from '../../src/ports/store/errors.ts'
import type { Store } from '../../src/ports/store/store.ts'
import { overStore } from '../kit/over-store.ts'
import { checkInvariants } from './invariants.ts'
import { testCore } from './kit.ts'
import { app, scenario, tag } from './scenario.ts'

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
      last: guarded(store.last.bind(store)),
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

test('a conditional push whose first answer was lost is done once, though its repeat finds no room at first', async () => {
  const faults: StoreError[] = []
  let tries = 0
  const wrap = (store: Store): Store =>
    overStore(store, {
      commit: async (id, changes) => {
        tries++
        const fault = faults.shift()
        if (fault !== undefined && fault.kind !== 'unknown') throw fault
        const outcome = await store.commit(id, changes)
        if (fault !== undefined) throw fault
        return outcome
      },
    })
  const s = await scenario({ wrap })
  const config = s.piece('config')
  await s.push(config)
  const [one, two] = [s.image('one', config, []), s.image('two', config, [], { annotations: { n: '2' } })]
  await s.put(one, 'v1')
  await s.put(two)
  const before = (await s.registry.tags.history(app, tag('v1'), { limit: 10 })).entries.length
  faults.push(
    new StoreError('unknown', 'the writer thread was lost'),
    new StoreError('transient', 'too many batches wait to be written'),
  )
  tries = 0
  let over = false
  const push = s.put(two, 'v1', { expect: { ifMatch: [one.digest] } }).finally(() => {
    over = true
  })
  push.catch(() => undefined)
  while (!over) await s.test.clock.advance(1)
  await push
  assert.equal(tries, 3)
  const history = (await s.registry.tags.history(app, tag('v1'), { limit: 10 })).entries
  assert.equal(history.length, before + 1)
  assert.equal((await s.registry.manifests.get(app, tag('v1'))).digest, two.digest)
  await checkInvariants(s.test.core)
})
