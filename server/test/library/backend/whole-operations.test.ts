import assert from 'node:assert/strict'
import { AsyncResource } from 'node:async_hooks'
import { test } from 'node:test'
import { overriding } from '../../../src/domain/overriding.ts'
import { begun, done, made, named, refused } from '../../../src/library/backend-suite/harness.ts'
import type { Operations } from '../../../src/library/backend-types.ts'
import { MemorySearchEngine } from '../../../src/library/engines/memory-search-engine.ts'
import { isRegistryError } from '../../../src/library/errors.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { type Result, unwrap } from '../../../src/library/result.ts'
import type { EngineAnswer, SearchEngine } from '../../../src/ports/search/search.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import { type FaultyStore, faultyStore } from '../../kit/faulty-store.ts'

interface World {
  readonly backend: MemoryBackend
  readonly registry: RegistryManager
  readonly fault: FaultyStore
  /** One with the versions 0.1.0 and 0.2.0, both published, and the draft 0.3.0. */
  readonly id: string
}

async function world(): Promise<World> {
  const fault = faultyStore()
  const backend = new MemoryBackend({ jobs: false, report: () => undefined, wrap: { store: fault.wrap } })
  done(await backend.connect())
  const { id } = await made(backend, named('Ada', { published: true }))
  done(await backend.createVersion(id, { version: '0.2.0', source: 'two', published: true }))
  done(await backend.createVersion(id, { version: '0.3.0', source: 'three' }))
  return { backend, registry: new RegistryManager(backend), fault, id }
}

type Change = (on: Pick<World, 'registry' | 'id'> & { readonly operations: Operations }) => Promise<unknown>

const valueIn = async (result: Promise<Result<unknown>>): Promise<unknown> => unwrap(await result)

/** Changes whose answers say more than that they were made. */
const changes: Readonly<Record<string, Change>> = {
  create: ({ operations }) => valueIn(operations.create(named('Bo'))),
  'update the source': ({ operations, id }) => valueIn(operations.update(id, { source: 'new' })),
  'update the metadata': ({ operations, id }) =>
    valueIn(operations.update(id, { metadata: { description: 'new' } })),
  createVersion: ({ operations, id }) =>
    valueIn(operations.createVersion(id, { version: '1.0.0', source: 'x' })),
  'create by a registry': ({ registry }) => registry.create({ name: 'Bo', type: 'skill', sourceCode: 'x' }),
  'update by a registry': ({ registry, id }) => registry.update(id, { description: 'new' }),
  'make a version by a registry': ({ registry, id }) =>
    registry.update(id, { version: '0.0.1', sourceCode: 'new' }),
  publish: ({ registry, id }) => registry.publish(id, '0.3.0'),
  rollback: ({ registry, id }) => registry.rollback(id, '0.1.0'),
  yank: ({ registry, id }) => registry.yank(id, '0.2.0', 'broken'),
  deprecate: ({ registry, id }) => registry.deprecate(id, '0.1.0', 'old'),
  star: ({ registry, id }) => registry.star(id, 'ada'),
  'make a collection': ({ registry, id }) => registry.collections.create({ name: 'Mine', artifacts: [id] }),
}

/** In a context of its own, which is in no transaction. */
const apart = AsyncResource.bind(async <T>(work: () => Promise<T>): Promise<T> => await work())

for (const [name, change] of Object.entries(changes)) {
  test(`${name}: a disconnect that comes when it is made waits until it is told`, async () => {
    const { backend, registry, fault, id } = await world()
    let disconnecting: Promise<Result<void>> | undefined
    fault.committed = () => {
      disconnecting ??= backend.disconnect()
    }
    const told = await change({ operations: backend, registry, id })
    assert.notEqual(told, undefined)
    assert.ok(disconnecting !== undefined)
    done(await disconnecting)
    refused(await backend.read(id), 'UNAVAILABLE')
  })

  test(`${name}: a commit that is asked for before it has answered waits for it`, async () => {
    const { backend, registry, id } = await world()
    const transaction = await begun(backend)
    const changing = change({ operations: transaction, registry, id })
    const committed = await transaction.commit()
    assert.notEqual(await changing, undefined)
    done(committed)
    done(await backend.disconnect())
  })

  test(`${name}: where its answer cannot be read it is not told as if nothing were changed`, async () => {
    const { backend, registry, fault, id } = await world()
    const state = async (): Promise<unknown> => [
      await registry.find(),
      await registry.listVersions(id),
      await registry.collections.list(''),
    ]
    const before = await state()
    fault.committed = () => {
      fault.before = (call) => {
        if (call !== 'commit') throw new StoreError('transient', 'the line is cut')
      }
    }
    const outcome = await change({ operations: backend, registry, id }).then(
      () => 'made',
      (error: unknown) => (isRegistryError(error) ? error.code : error),
    )
    fault.heal()
    assert.ok(outcome === 'made' || outcome === 'UNKNOWN_OUTCOME', String(outcome))
    assert.notDeepEqual(await state(), before)
    done(await backend.disconnect())
  })
}

test('what was changed is told without another look where all of it was given', async () => {
  const { backend, fault, id } = await world()
  fault.committed = () => {
    fault.before = (call) => {
      if (call !== 'commit') throw new StoreError('transient', 'the line is cut')
    }
  }
  assert.equal(done(await backend.update(id, { source: 'new' })).source, 'new')
  fault.heal()
  assert.equal(done(await backend.read(id)).source, 'new')
  done(await backend.disconnect())
})

test('what was made beside the version that an artifact stands at is told as that stands', async () => {
  const { backend, id } = await world()
  const told = done(await backend.update(id, { source: 'older', metadata: { version: '0.0.1' } }))
  assert.deepEqual(told, done(await backend.read(id)))
  assert.equal(told.source, 'three')
  done(await backend.disconnect())
})

test('a version that is made and at once deleted with its artifact is not told as if it had not been made', async () => {
  const { backend, registry, fault, id } = await world()
  let deleting: Promise<Result<void>> | undefined
  fault.committed = async () => {
    if (deleting !== undefined) return
    deleting = backend.delete(id)
    done(await deleting)
  }
  refused(await backend.createVersion(id, { version: '1.0.0', source: 'x' }), 'UNKNOWN_OUTCOME')
  await registry.restore(id)
  assert.equal(done(await backend.getVersion(id, '1.0.0')).source, 'x')
  done(await backend.disconnect())
})

test('a rollback waits for what has begun in its transaction, and takes it back', async () => {
  const { backend, id } = await world()
  const transaction = await begun(backend)
  const changing = transaction.createVersion(id, { version: '1.0.0', source: 'x' })
  done(await transaction.rollback())
  assert.equal(done(await changing).version, '1.0.0')
  refused(await backend.getVersion(id, '1.0.0'), 'NOT_FOUND')
  done(await backend.disconnect())
})

test('a disconnect waits for a commit that is under way, and for one that is tried again', async () => {
  for (const moment of ['before', 'committed'] as const) {
    const { backend, fault } = await world()
    const transaction = await begun(backend)
    await made(transaction, named('Bo'))
    let disconnecting: Promise<Result<void>> | undefined
    const cut = (): void => {
      if (disconnecting !== undefined) return
      disconnecting = apart(() => backend.disconnect())
      throw new StoreError(moment === 'before' ? 'transient' : 'unknown', 'the line is cut')
    }
    fault[moment] = cut
    done(await transaction.commit())
    assert.ok(disconnecting !== undefined)
    done(await disconnecting)
  }
})

test('nobody waits for a search engine: what it is asked for is refused once the backend is disconnected', async () => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<EngineAnswer>()
  const backend = new MemoryBackend({ jobs: false })
  done(await backend.connect())
  await using memory = new MemorySearchEngine()
  const engine = overriding(memory as SearchEngine, {
    query: () => {
      asked.resolve()
      return answer.promise
    },
  })
  const registry = new RegistryManager(backend, undefined, engine)
  const { id } = await made(backend, named('Ada'))
  const finding = registry.find({ text: 'Ada' })
  const searching = registry.search({ query: 'Ada' })
  await asked.promise
  done(await backend.disconnect())
  const hits = [{ id, isNamed: true, value: 1 }]
  answer.resolve({ hits, total: 1, facets: {}, documents: 1 })
  await assert.rejects(finding, { code: 'UNAVAILABLE' })
  await assert.rejects(searching, { code: 'UNAVAILABLE' })
})
