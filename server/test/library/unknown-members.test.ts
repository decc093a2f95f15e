import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryBackend, RegistryManager, unwrap } from '../../src/library/index.ts'
import { failure, usual } from './manager/world.ts'

const recipe = { name: 'recipe', about: 'How something is cooked', schema: { type: 'object' } }

async function connected(): Promise<MemoryBackend> {
  const backend = new MemoryBackend({ kinds: [recipe], jobs: false })
  unwrap(await backend.connect())
  return backend
}

async function refusal(work: Promise<unknown>): Promise<{ field?: string; message: string }> {
  return await work.then(
    () => assert.fail('it was taken'),
    (error: { field?: string; message: string }) => error,
  )
}

describe('a member that there is not', () => {
  test('is refused by every operation of a backend that changes something, and named', async () => {
    const backend = await connected()
    const given = { type: 'skill', source: 'x', metadata: { name: 'Ada' } }
    const { id } = unwrap(await backend.create(given))
    for (const work of [
      () => backend.create({ ...given, descripton: 'x' } as never),
      () => backend.update(id, { source: 'y', descripton: 'x' } as never),
      () => backend.createVersion(id, { version: '2.0.0', source: 'x', descripton: 'x' } as never),
    ]) {
      const { field, message } = await refusal(work().then(unwrap))
      assert.deepEqual([field, message.includes('no such member')], ['descripton', true])
    }
    const { message } = await refusal(backend.update(id, { sorce: 'y' } as never).then(unwrap))
    assert.match(message, /did you mean source\?/)
    assert.equal(unwrap(await backend.count()), 1)
    assert.equal(unwrap(await backend.read(id)).source, 'x')
    await backend.disconnect()
  })

  test('is refused by a registry', async () => {
    const backend = await connected()
    const registry = new RegistryManager(backend)
    const { message } = await refusal(registry.create({ ...usual, descripton: 'x' } as never))
    assert.match(message, /^invalid descripton: .*did you mean description\?$/)
    const { id } = await registry.create(usual)
    assert.equal(
      await failure(registry.update(id, { sorceCode: 'x' } as never)),
      'ValidationError VALIDATION sorceCode',
    )
    assert.equal(await registry.count(), 1)
    await backend.disconnect()
  })
})

describe('what was read can be given back', () => {
  test('to a backend: an artifact, and a version of another number', async () => {
    const backend = await connected()
    const metadata = { name: 'Pie', organization: 'acme', tags: ['a'], skills: ['s'], custom: { a: 1 } }
    const given = { type: 'recipe', source: 'x', metadata, document: { serves: 4 }, published: true }
    const made = unwrap(await backend.create(given))
    const read = unwrap(await backend.read(made.id))
    assert.deepEqual(unwrap(await backend.update(read.id, read)).metadata, read.metadata)
    const [deleted] = unwrap(await backend.find({ filter: { deleted: true } })).items
    assert.ok(deleted)
    const copy = unwrap(await backend.create({ ...deleted, metadata: { ...metadata, name: 'Copy' } }))
    assert.notEqual(copy.id, made.id)
    const version = unwrap(await backend.getVersion(made.id, '0.1.0'))
    const next = unwrap(await backend.createVersion(made.id, { ...version, version: '0.2.0' }))
    assert.deepEqual(next.document, { serves: 4 })
    await backend.disconnect()
  })

  test('to a registry: artifacts and versions, with all that they can have', async () => {
    const backend = await connected()
    const registry = new RegistryManager(backend)
    const whole = { type: 'recipe', document: { serves: 4 }, description: 'd', changelog: 'c' }
    const { id } = await registry.create({ ...usual, ...whole, tags: ['a'], ast: { a: 1 }, published: true })
    await registry.update(id, { version: '0.2.0', sourceCode: 'y' })
    await registry.publish(id, '0.2.0')
    await registry.deprecate(id, '0.2.0', 'old')
    await registry.yank(id, '0.2.0', 'wrong')
    await registry.delete(id)
    await registry.restore(id)
    for (const read of [
      await registry.read(id),
      ...(await registry.listVersions(id)),
      await registry.getVersion(id, '0.2.0'),
    ]) {
      // One that the artifact does not stand at says what it has always said.
      const outcome = await failure(registry.update(id, read as never))
      assert.equal(outcome, read.isLatest ? 'none' : 'ConflictError CONFLICT')
      const copy = await registry.create({ ...read, slug: undefined } as never)
      assert.notEqual(copy.id, id)
    }
    await backend.disconnect()
  })
})
