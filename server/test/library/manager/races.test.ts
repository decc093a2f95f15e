import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../src/adapters/clock/system/system-clock.ts'
import { failure, onEachBackend } from './world.ts'

const crowd = 64

onEachBackend('many at once on a registry', (open) => {
  test('a user who stars with 64 requests at once has given one star', async () => {
    await using world = await open({ clock: systemClock })
    const { registry } = world
    const { id } = await world.create()
    const stars = await Promise.all(Array.from({ length: crowd }, () => registry.star(id, 'eve')))
    assert.deepEqual(new Set(stars), new Set([1]))
    assert.equal((await registry.read(id)).stars, 1)
    await Promise.all(
      Array.from({ length: crowd }, (_, n) =>
        n % 2 === 0 ? registry.unstar(id, 'eve') : registry.star(id, `user-${n % 8}`),
      ),
    )
    // The odd remainders of 8.
    assert.equal((await registry.read(id)).stars, 4)
    await Promise.all(Array.from({ length: crowd }, (_, n) => registry.unstar(id, `user-${n % 8}`)))
    assert.equal((await registry.read(id)).stars, 0)
  })

  test('every download of many at once is counted', async () => {
    await using world = await open({ clock: systemClock })
    const { id } = await world.create({ tags: ['a'] })
    await Promise.all(Array.from({ length: crowd }, () => world.registry.incrementDownloads(id)))
    assert.equal((await world.registry.read(id)).downloads, crowd)
    const [found] = (await world.registry.find({ tags: ['a'], sort: { field: 'downloads' } })).items
    assert.equal(found?.downloads, crowd)
  })

  test('of updates at once each is merged whole or refused as a conflict', async () => {
    await using world = await open({ clock: systemClock })
    const { registry } = world
    const { id } = await world.create()
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, n) => failure(registry.update(id, { metadata: { [`m${n}`]: n } }))),
    )
    const { metadata = {} } = await registry.read(id)
    for (const [n, outcome] of outcomes.entries()) {
      assert.ok(['none', 'ConflictError CONFLICT'].includes(outcome), outcome)
      assert.equal(metadata[`m${n}`], outcome === 'none' ? n : undefined)
    }
    assert.ok(outcomes.includes('none'))
    // Whoever repeats after a conflict gets through.
    for (const [n, outcome] of outcomes.entries())
      if (outcome !== 'none') await registry.update(id, { metadata: { [`m${n}`]: n } })
    assert.equal(Object.keys((await registry.read(id)).metadata ?? {}).length, 8)
  })

  test('of one version made by many at once there is one, and one slug is given once', async () => {
    await using world = await open({ clock: systemClock })
    const { registry } = world
    const { id } = await world.create({ version: '1.0.0' })
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        failure(registry.update(id, { version: '2.0.0', sourceCode: `by ${n}` })),
      ),
    )
    const winners = made.flatMap((outcome, n) => (outcome === 'none' ? [n] : []))
    assert.ok(winners.length > 0)
    assert.ok(
      made.every((outcome) =>
        ['none', 'ConflictError CONFLICT', 'DuplicateError DUPLICATE'].includes(outcome),
      ),
    )
    const versions = await registry.listVersions(id)
    assert.deepEqual(
      versions.map(({ version }) => version),
      ['2.0.0', '1.0.0'],
    )
    assert.ok(winners.some((n) => versions[0]?.sourceCode === `by ${n}`))
    const slugs = await Promise.all(
      Array.from({ length: 8 }, () => failure(world.create({ name: 'Same', slug: 'same' }))),
    )
    assert.deepEqual(slugs.sort(), [...Array(7).fill('DuplicateError DUPLICATE'), 'none'])
    const numbered = await Promise.all(Array.from({ length: 8 }, () => world.create({ name: 'Title' })))
    assert.equal(new Set(numbered.map(({ slug }) => slug)).size, 8)
  })

  test('what many put into a collection at once is all in it', async () => {
    await using world = await open({ clock: systemClock })
    const { collections } = world.registry
    const { id } = await collections.create({ name: 'all' })
    const ids: string[] = []
    for (let n = 0; n < 12; n++) ids.push((await world.create({ name: `n${n}` })).id)
    await Promise.all(ids.map((one) => collections.addArtifact(id, one)))
    const { artifacts } = await collections.read(id)
    assert.deepEqual([...artifacts].sort(), [...ids].sort())
    await Promise.all(ids.slice(4).map((one) => collections.removeArtifact(id, one)))
    assert.deepEqual([...(await collections.read(id)).artifacts].sort(), ids.slice(0, 4).sort())
  })
})
