import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unwrap } from '../../../src/library/result.ts'
import { failure, onEachBackend } from './world.ts'

const week = 7 * 24 * 3_600_000

onEachBackend('names and numbers of a registry', (open) => {
  test('tags and skills are told by name, and with how many have them', async () => {
    await using world = await open()
    const { registry } = world
    const { id } = await world.create({ tags: ['b', 'a'], skills: ['x', { name: 'y', category: 'c' }] })
    const other = await world.create({ tags: ['b', 'c'], skills: ['y'] })
    assert.deepEqual(await registry.getTags(), ['a', 'b', 'c'])
    assert.deepEqual(await registry.getTags({ counts: true }), [
      { name: 'a', count: 1 },
      { name: 'b', count: 2 },
      { name: 'c', count: 1 },
    ])
    assert.deepEqual(await registry.getSkills({ counts: false }), ['x', 'y'])
    assert.deepEqual(await registry.getSkills({ counts: true, limit: 1 }), [{ name: 'y', count: 2 }])
    await registry.update(id, { tags: ['d'] })
    await registry.delete(other.id)
    assert.deepEqual(await registry.getTags({ counts: true }), [{ name: 'd', count: 1 }])
    assert.equal(await failure(registry.getTags({ limit: 0 })), 'ValidationError VALIDATION limit')
  })

  test('downloads and views are counted, each by itself', async () => {
    await using world = await open()
    const { backend, registry } = world
    const { id } = await world.create()
    await registry.incrementDownloads(id)
    await registry.incrementDownloads(id)
    await registry.incrementViews(id)
    const read = await backend.read(id)
    assert.ok(read.ok)
    const { downloads, views } = read.value.stats
    assert.deepEqual([(await registry.read(id)).downloads, downloads, views], [2, 2, 1])
    const nobody = '01a00000-0000-7000-8000-000000000000'
    assert.equal(await failure(registry.incrementViews(nobody)), 'NotFoundError NOT_FOUND')
  })

  test('a user has one star to give, and takes it back once', async () => {
    await using world = await open()
    const { registry } = world
    const { id } = await world.create()
    assert.deepEqual([await registry.star(id, 'eve'), await registry.star(id, 'eve')], [1, 1])
    assert.equal(await registry.star(id, 'bob'), 2)
    assert.equal((await registry.read(id)).stars, 2)
    assert.deepEqual([await registry.unstar(id, 'eve'), await registry.unstar(id, 'eve')], [1, 1])
    assert.equal((await registry.read(id)).stars, 1)
    assert.equal(await failure(registry.star(id, '')), 'ValidationError VALIDATION userId')
    assert.equal(await failure(registry.unstar(id, 7 as never)), 'ValidationError VALIDATION userId')
  })

  test('what is trending is what most is done with lately: half as much counts after a week', async () => {
    await using world = await open()
    const { registry, clock } = world
    const [a, b, c] = [
      await world.create({ name: 'a' }),
      await world.create({ name: 'b' }),
      await world.create({ name: 'c' }),
    ]
    await world.create({ name: 'untouched' })
    const hidden = await world.create({ name: 'hidden', visibility: 'unlisted' })
    const trending = async (limit?: number): Promise<string[]> =>
      (await registry.getTrending(limit)).map(({ name }) => name)
    assert.deepEqual(await trending(), [])
    for (let n = 0; n < 3; n++) await registry.incrementDownloads(a.id)
    await registry.incrementDownloads(hidden.id)
    await registry.star(b.id, 'eve')
    await registry.incrementViews(c.id)
    assert.deepEqual(await trending(), ['b', 'a', 'c'])
    assert.deepEqual(await trending(1), ['b'])
    // The star of 5 is worth 1.25 by then, and so is less than 2 downloads.
    clock.step(2 * week)
    await registry.incrementDownloads(c.id)
    await registry.incrementDownloads(c.id)
    assert.deepEqual(await trending(), ['c', 'b', 'a'])
    assert.deepEqual((await registry.getTrending(1))[0], await registry.read(c.id))
    assert.equal(await failure(registry.getTrending(1_001)), 'ValidationError VALIDATION limit')
  })

  test('what is related shares tags and skills: most first, and what few have counts more', async () => {
    await using world = await open()
    const { registry } = world
    const it = await world.create({ name: 'it', tags: ['rare', 'common'], skills: ['s'] })
    await world.create({ name: 'rare', tags: ['rare'] })
    await world.create({ name: 'both', tags: ['rare', 'common'], skills: [{ name: 's', category: 'c' }] })
    // In the order of their ids, which is that of their times.
    for (const name of ['one', 'two', 'three']) {
      world.clock.step(1)
      await world.create({ name, tags: ['common'] })
    }
    await world.create({ name: 'secret', tags: ['rare', 'common'], visibility: 'private' })
    await world.create({ name: 'other', tags: ['else'] })
    const names = (await registry.getRelated(it.id)).map(({ name }) => name)
    assert.deepEqual(names, ['both', 'rare', 'one', 'two', 'three'])
    assert.deepEqual(
      (await registry.getRelated(it.id, 1)).map(({ name }) => name),
      ['both'],
    )
    assert.equal(await failure(registry.getRelated(it.id, 0.5)), 'ValidationError VALIDATION limit')
  })

  test('what is related has the same author, or needs the same', async () => {
    await using world = await open()
    const { registry, backend } = world
    const made = async (name: string, author?: string): Promise<string> => {
      const metadata = { name, ...(author !== undefined && { author }) }
      return unwrap(await backend.create({ type: 'file', metadata, source: name })).id
    }
    const [it, same] = [await made('it', 'Bo'), await made('same', 'Bo')]
    await made('other', 'Eve')
    await made('nobody')
    const related = async (id: string): Promise<string[]> =>
      (await registry.getRelated(id)).map(({ name }) => name)
    assert.deepEqual([await related(it), await related(same)], [['same'], ['it']])
    for (const [name, sourceCode] of [
      ['shapes', 'export const circle = 1'],
      ['suns', "import { circle } from 'module:acme/shapes@^0.1.0'"],
      ['moons', "import { circle } from 'module:acme/shapes@^0.1.0'"],
      ['words', 'export const word = 1'],
    ] as const)
      await world.create({ name, type: 'module', sourceCode, published: true })
    const suns = await registry.readBySlug('acme', 'suns')
    assert.deepEqual(await related(suns.id), ['moons'])
    const moons = await registry.readBySlug('acme', 'moons')
    await registry.update(moons.id, {
      version: '0.2.0',
      sourceCode: 'export const moon = 1',
      published: true,
    })
    assert.deepEqual([await related(moons.id), await related(suns.id)], [[], ['moons']])
  })
})
