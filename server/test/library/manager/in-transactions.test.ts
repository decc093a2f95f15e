import assert from 'node:assert/strict'
import { AsyncResource } from 'node:async_hooks'
import { after, before, test } from 'node:test'
import type { RegistryManager } from '../../../src/library/registry-manager.ts'
import { unwrap } from '../../../src/library/result.ts'
import { failure, onEachBackend, type World } from './world.ts'

type Look = (registry: RegistryManager, id: string, slug: string) => Promise<unknown>

/** What is told of an artifact, and must stay so. */
const reading: Readonly<Record<string, Look>> = {
  read: (registry, id) => registry.read(id),
  readBySlug: (registry, _, slug) => registry.readBySlug('acme', slug),
  'readBySlug of a version': (registry, _, slug) => registry.readBySlug('acme', slug, '0.1.0'),
}

/** What others may change as long as the transaction does not. */
const looking: Readonly<Record<string, Look>> = {
  getVersion: (registry, id) => registry.getVersion(id, '0.1.0'),
  listVersions: (registry, id) => registry.listVersions(id),
  find: (registry) => registry.find(),
  count: (registry) => registry.count(),
  diff: (registry, id) => registry.diff(id, '0.1.0', '0.1.0'),
  changelog: (registry, id) => registry.changelog(id, '0.1.0', '0.1.0'),
  dependencies: (registry, id) => registry.dependencies(id),
  dependents: (registry, id) => registry.dependents(id),
  getRelated: (registry, id) => registry.getRelated(id),
  getTags: (registry) => registry.getTags(),
  'an update that is refused': (registry, id) =>
    failure(registry.update(id, { slug: 'other' })).then((told) =>
      assert.equal(told, 'ValidationError VALIDATION slug'),
    ),
}

/** In a context of its own, which is in no transaction. */
const apart = AsyncResource.bind(async (work: () => Promise<unknown>): Promise<void> => void (await work()))

/** How a transaction ends that looks and then works, while somebody else changes what it has looked at. */
async function outcome(
  { backend, registry, create }: World,
  look: Look,
  work: (id: string) => Promise<unknown>,
): Promise<string> {
  const { id, slug } = await create({ name: 'Switch', metadata: { open: true } })
  const before = await registry.count()
  const transaction = unwrap(await backend.beginTransaction())
  await look(registry, id, slug)
  await apart(() => registry.update(id, { metadata: { open: false } }))
  await work(id)
  const committed = await transaction.commit()
  assert.deepEqual((await registry.read(id)).metadata, { open: false })
  if (!committed.ok) assert.equal(await registry.count(), before, 'something was written')
  return committed.ok ? 'kept' : committed.error.code
}

onEachBackend('registry: in a transaction', (open) => {
  // One for all: each looks at what it has made itself.
  let w: World
  before(async () => {
    w = await open()
  })
  after(() => w[Symbol.asyncDispose]())

  for (const [name, look] of Object.entries(reading))
    test(`what ${name} has told must be so at the commit`, async () => {
      const another = (): Promise<unknown> => w.create({ name: 'As it is open' })
      assert.equal(await outcome(w, look, another), 'CONFLICT')
    })

  for (const [name, look] of Object.entries(looking)) {
    test(`what ${name} has met may be changed by others`, async () => {
      const another = (): Promise<unknown> => w.create({ name: 'Whatever it is' })
      assert.equal(await outcome(w, look, another), 'kept')
    })
  }

  for (const name of ['getVersion', 'listVersions', 'find', 'diff'] as const)
    test(`what ${name} has told must be so where the transaction changes it`, async () => {
      const change = (id: string): Promise<unknown> => w.registry.update(id, { description: 'As it is open' })
      const look = looking[name]
      assert.ok(look !== undefined)
      assert.equal(await outcome(w, look, change), 'CONFLICT')
    })

  test('what was read and nobody else has changed is no conflict, whatever the transaction does with it', async () => {
    const { id, slug } = await w.create({ name: 'Own' })
    const transaction = unwrap(await w.backend.beginTransaction())
    for (const look of [...Object.values(reading), ...Object.values(looking)]) {
      await look(w.registry, id, slug)
      await w.registry.update(id, { metadata: { at: Math.random() } })
      await look(w.registry, id, slug)
    }
    const told = await w.registry.read(id)
    unwrap(await transaction.commit())
    assert.deepEqual(await w.registry.read(id), told)
  })

  test('what is not there is NotFoundError, and no conflict where others make it', async () => {
    const others = await w.registry.count()
    const { id, slug } = await w.create({ name: 'Gone' })
    await w.registry.delete(id)
    const transaction = unwrap(await w.backend.beginTransaction())
    for (const look of Object.values(reading))
      assert.equal(await failure(look(w.registry, id, slug)), 'NotFoundError NOT_FOUND')
    await w.create({ name: 'Own' })
    await apart(() => w.registry.restore(id))
    unwrap(await transaction.commit())
    assert.equal(await w.registry.count(), others + 2)
  })
})
