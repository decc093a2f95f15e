import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachBackend } from './world.ts'

onEachBackend('what an operation is given', (open) => {
  test('is what it was when it was called, also while listeners begin', async () => {
    await using world = await open()
    const { registry } = world
    const a = await world.create({ name: 'a' })
    const b = await world.create({ name: 'b' })
    const heard: string[] = []
    const listen = (): (() => void) => registry.on('*', ({ kind }) => heard.push(kind))

    listen()
    const tags = ['one']
    const metadata = { nested: { list: [1] } }
    const creating = world.create({ name: 'c', tags, metadata })
    tags.push('two')
    metadata.nested.list.push(2)
    const made = await creating
    assert.deepEqual([made.tags, made.metadata], [['one'], { nested: { list: [1] } }])

    listen()
    const artifacts = [a.id]
    const given = { name: 'x', artifacts }
    const collecting = registry.collections.create(given)
    artifacts.push(b.id)
    given.name = 'y'
    const collection = await collecting
    assert.deepEqual([collection.name, collection.artifacts], ['x', [a.id]])

    listen()
    const changes = { description: 'before', artifacts: [b.id] }
    const changing = registry.collections.update(collection.id, changes)
    changes.artifacts.push(a.id)
    changes.description = 'after'
    const changed = await changing
    assert.deepEqual([changed.description, changed.artifacts], ['before', [b.id]])

    while (heard.length < 6) await new Promise(setImmediate)
    assert.deepEqual(heard.toSorted(), [
      'artifact.created',
      'collection.created',
      'collection.created',
      'collection.updated',
      'collection.updated',
      'collection.updated',
    ])
  })
})
