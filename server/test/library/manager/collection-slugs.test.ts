import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../src/adapters/clock/system/system-clock.ts'
import { isRegistryError } from '../../../src/library/errors.ts'
import { failure, onEachBackend } from './world.ts'

onEachBackend('a collection', (open) => {
  test('whose slug is taken is refused as a collection, and one made of its name gets the next that is free', async () => {
    // Those that get in each other's way wait before they try again.
    await using world = await open({ clock: systemClock })
    const { collections } = world.registry
    const first = await collections.create({ ownerId: 'me', name: 'Mine' })
    await assert.rejects(
      collections.create({ ownerId: 'me', name: 'x', slug: 'mine' }),
      (error) =>
        isRegistryError(error, 'DUPLICATE') &&
        error.message === 'there is a collection "me/mine" already; choose another slug',
    )
    const more = []
    for (let at = 0; at < 3; at++) more.push(await collections.create({ ownerId: 'me', name: 'Mine' }))
    assert.deepEqual(
      [first, ...more].map(({ slug }) => slug),
      ['mine', 'mine-2', 'mine-3', 'mine-4'],
    )
    await assert.rejects(
      collections.update(first.id, { slug: 'mine-2' }),
      (error) => isRegistryError(error, 'DUPLICATE') && error.message.includes('a collection "me/mine-2"'),
    )
    assert.equal((await collections.create({ ownerId: 'you', name: 'Mine' })).slug, 'mine')
    const together = Array.from({ length: 5 }, () => collections.create({ ownerId: 'we', name: 'Ours' }))
    const slugs = (await Promise.all(together)).map(({ slug }) => slug)
    assert.deepEqual(slugs.sort(), ['ours', 'ours-2', 'ours-3', 'ours-4', 'ours-5'])
  })

  test('whose artifacts cannot be read as a list of ids is refused', async () => {
    await using world = await open()
    const { collections } = world.registry
    const throwing = (): never => {
      throw new Error('looked at')
    }
    const { proxy: revoked, revoke } = Proxy.revocable([], {})
    revoke()
    const lists: readonly [unknown, string][] = [
      [revoked, 'artifacts'],
      [new Proxy([], { get: throwing }), 'artifacts'],
      [new Proxy([], { get: (_, name) => (name === 'length' ? 1n : 'x') }), 'artifacts'],
      [new Proxy([], { get: (_, name) => (name === 'length' ? Symbol('x') : 'x') }), 'artifacts'],
      [new Array(1), 'artifacts[0]'],
      [[null], 'artifacts[0]'],
      [null, 'artifacts'],
      ['x', 'artifacts'],
      [new Array(1_001).fill('x'), 'artifacts'],
    ]
    const { id } = await collections.create({ name: 'x' })
    for (const [artifacts, field] of lists) {
      const given = { name: 'x', artifacts } as never
      assert.equal(await failure(collections.create(given)), `ValidationError VALIDATION ${field}`)
      assert.equal(await failure(collections.update(id, given)), `ValidationError VALIDATION ${field}`)
    }
    assert.equal((await collections.list('')).items.length, 1)
  })
})
