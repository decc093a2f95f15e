import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure, onEachBackend } from './world.ts'

onEachBackend('collections of a registry', (open) => {
  test('are made, read, changed and deleted', async () => {
    await using world = await open()
    const { clock, registry } = world
    const { collections } = registry
    const [a, b] = [await world.create({ name: 'a' }), await world.create({ name: 'b' })]
    const made = await collections.create({
      ownerId: 'ada',
      name: 'Dear ones',
      description: 'Of all sorts.',
      visibility: 'private',
      artifacts: [b.id, a.id],
    })
    const at = new Date(clock.now())
    assert.deepEqual(made, {
      id: made.id,
      ownerId: 'ada',
      name: 'Dear ones',
      slug: 'dear-ones',
      description: 'Of all sorts.',
      visibility: 'private',
      artifacts: [b.id, a.id],
      createdAt: at,
      updatedAt: at,
    })
    assert.deepEqual(await collections.read(made.id), made)
    clock.step(5)
    const changed = await collections.update(made.id, { name: 'Others', artifacts: [a.id], description: '' })
    assert.deepEqual(
      [changed.name, changed.slug, changed.artifacts, changed.visibility, 'description' in changed],
      ['Others', 'dear-ones', [a.id], 'private', false],
    )
    assert.equal(changed.updatedAt.getTime() - at.getTime(), 5)
    assert.equal((await collections.update(made.id, { slug: 'others' })).slug, 'others')
    await collections.delete(made.id)
    assert.equal(await failure(collections.read(made.id)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(collections.delete(made.id)), 'NotFoundError NOT_FOUND')
    assert.equal((await registry.read(a.id)).name, 'a')
    const least = await collections.create({ name: 'Least' })
    assert.deepEqual([least.ownerId, least.visibility, least.artifacts], ['', 'public', []])
  })

  test('keep their artifacts in order, wherever one is put, moved or taken out', async () => {
    await using world = await open()
    const { collections } = world.registry
    const names = ['a', 'b', 'c', 'd']
    const ids: string[] = []
    for (const name of names) ids.push((await world.create({ name })).id)
    const [a = '', b = '', c = '', d = ''] = ids
    const { id } = await collections.create({ name: 'x' })
    const shown = (artifacts: readonly string[]): string =>
      artifacts.map((one) => names[ids.indexOf(one)]).join('')
    const after = async (work: Promise<{ readonly artifacts: readonly string[] }>): Promise<string> => {
      const { artifacts } = await work
      assert.deepEqual((await collections.read(id)).artifacts, artifacts)
      return shown(artifacts)
    }
    assert.equal(await after(collections.addArtifact(id, a)), 'a')
    assert.equal(await after(collections.addArtifact(id, b)), 'ab')
    assert.equal(await after(collections.addArtifact(id, c, 0)), 'cab')
    assert.equal(await after(collections.addArtifact(id, d, 99)), 'cabd')
    assert.equal(await after(collections.moveArtifact(id, d, 1)), 'cdab')
    assert.equal(await after(collections.moveArtifact(id, c, 3)), 'dabc')
    assert.equal(await after(collections.moveArtifact(id, c, 3)), 'dabc')
    assert.equal(await after(collections.removeArtifact(id, a)), 'dbc')
    assert.equal(await failure(collections.addArtifact(id, b)), 'DuplicateError DUPLICATE')
    assert.equal(await failure(collections.removeArtifact(id, a)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(collections.moveArtifact(id, a, 0)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(collections.moveArtifact(id, b, -1)), 'ValidationError VALIDATION at')
    assert.equal(await failure(collections.addArtifact(id, 'nobody')), 'NotFoundError NOT_FOUND')
    assert.equal(
      await failure(collections.addArtifact(id, 7 as never)),
      'ValidationError VALIDATION artifacts[3]',
    )
    assert.equal(shown((await collections.read(id)).artifacts), 'dbc')
  })

  test('pass over what was deleted, and have it again at its place once it is back', async () => {
    await using world = await open()
    const { registry } = world
    const { collections } = registry
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'd']) ids.push((await world.create({ name })).id)
    const [a = '', b = '', c = '', d = ''] = ids
    const { id } = await collections.create({ name: 'x', artifacts: [a, b, c] })
    await registry.delete(b)
    assert.deepEqual((await collections.read(id)).artifacts, [a, c])
    assert.deepEqual((await collections.addArtifact(id, d, 1)).artifacts, [a, d, c])
    await registry.restore(b)
    assert.deepEqual((await collections.read(id)).artifacts, [a, b, d, c])
  })

  test('have a slug that is unique for their owner, and are listed by it in pages', async () => {
    await using world = await open({ limits: { pageSize: 3 } })
    const { collections } = world.registry
    for (const name of ['c', 'a', 'e', 'b', 'd']) await collections.create({ ownerId: 'ada', name })
    await collections.create({ ownerId: 'eve', name: 'a' })
    const taken = collections.create({ ownerId: 'ada', name: 'x', slug: 'a' })
    assert.equal(await failure(taken), 'DuplicateError DUPLICATE')
    const slugs: string[] = []
    const pages: number[] = []
    for (let after: string | undefined; ; ) {
      const { items, next } = await collections.list('ada', {
        limit: 2,
        ...(after !== undefined && { after }),
      })
      pages.push(items.length)
      slugs.push(...items.map(({ slug }) => slug))
      if (next === undefined) break
      after = next
    }
    assert.deepEqual(
      [slugs, pages],
      [
        ['a', 'b', 'c', 'd', 'e'],
        [2, 2, 1],
      ],
    )
    assert.equal((await collections.list('ada')).items.length, 3)
    assert.deepEqual(await collections.list('nobody'), { items: [] })
    assert.equal((await collections.list('eve')).next, undefined)
    const [second] = (await collections.list('ada', { limit: 1, after: 'a' })).items
    assert.equal(
      await failure(collections.update(String(second?.id), { slug: 'c' })),
      'DuplicateError DUPLICATE',
    )
    assert.equal(await failure(collections.list('ada', { limit: 4 })), 'ValidationError VALIDATION limit')
  })

  test('refuse what cannot be taken, by its field', async () => {
    await using world = await open({ limits: { collectionSize: 2 } })
    const { collections } = world.registry
    const { id } = await world.create()
    const bad: [unknown, string][] = [
      [7, 'collection'],
      [{}, 'name'],
      [{ name: 'x', slug: 'Not one' }, 'slug'],
      [{ name: 'x', visibility: 'hidden' }, 'visibility'],
      [{ name: 'x', ownerId: 7 }, 'ownerId'],
      [{ name: 'x', description: 'd'.repeat(10_001) }, 'description'],
      [{ name: 'x', artifacts: 'all' }, 'artifacts'],
      [{ name: 'x', artifacts: [id, id] }, 'artifacts'],
      [{ name: 'x', artifacts: ['1', '2', '3'] }, 'artifacts'],
      [{ name: 'x', colour: 'red' }, 'colour'],
    ]
    for (const [given, field] of bad)
      assert.equal(await failure(collections.create(given as never)), `ValidationError VALIDATION ${field}`)
    assert.equal(
      await failure(collections.create({ name: 'x', artifacts: ['none'] })),
      'NotFoundError NOT_FOUND',
    )
    assert.equal(await failure(collections.read(7 as never)), 'ValidationError VALIDATION id')
    assert.deepEqual(await collections.list(''), { items: [] })
  })
})
