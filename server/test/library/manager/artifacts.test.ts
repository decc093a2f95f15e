import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure, onEachBackend, usual } from './world.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

onEachBackend('artifacts of a registry', (open) => {
  test('what is created is told whole, and read back the same by id and by slug', async () => {
    await using world = await open()
    const { registry, clock } = world
    const made = await registry.create({
      ...usual,
      version: '1.0.0',
      ast: { type: 'Persona', body: [{ name: 'Ada' }, null, 1.5] },
      metadata: { team: { size: 3 }, __: true },
      description: 'Reads every line.',
      tags: ['review', 'typescript', 'review'],
      skills: ['reading', { name: 'writing', category: 'text', proficiency: 'expert' }],
      visibility: 'unlisted',
    })
    assert.match(made.id, uuid)
    const at = new Date(clock.now())
    assert.deepEqual(made, {
      id: made.id,
      orgId: 'acme',
      ownerId: 'ada',
      name: 'Ada the Reviewer',
      slug: 'ada-the-reviewer',
      type: 'persona',
      version: '1.0.0',
      isLatest: true,
      sourceCode: 'PERSONA Ada',
      ast: { type: 'Persona', body: [{ name: 'Ada' }, null, 1.5] },
      metadata: { team: { size: 3 }, __: true },
      description: 'Reads every line.',
      tags: ['review', 'typescript'],
      skills: ['reading', { name: 'writing', category: 'text', proficiency: 'expert' }],
      visibility: 'unlisted',
      downloads: 0,
      stars: 0,
      createdAt: at,
      updatedAt: at,
    })
    assert.deepEqual(await registry.read(made.id), made)
    assert.deepEqual(await registry.readBySlug('acme', 'ada-the-reviewer'), made)
    const { published, versionCreatedAt, ...flat } = await registry.readBySlug('acme', made.slug, '1.0.0')
    assert.deepEqual(
      { published, versionCreatedAt, flat },
      { published: false, versionCreatedAt: at, flat: made },
    )
  })

  test('what is not said is not there, and what is needed alone is enough', async () => {
    await using world = await open()
    const made = await world.registry.create({ name: 'Алиса', type: 'skill', sourceCode: '' })
    assert.deepEqual(made, {
      id: made.id,
      orgId: '',
      ownerId: '',
      name: 'Алиса',
      slug: 'alisa',
      type: 'skill',
      version: '0.1.0',
      isLatest: true,
      sourceCode: '',
      tags: [],
      skills: [],
      visibility: 'public',
      downloads: 0,
      stars: 0,
      createdAt: made.createdAt,
      updatedAt: made.createdAt,
    })
    assert.deepEqual(await world.registry.readBySlug('', 'alisa'), made)
  })

  test('any text names an organization, and two of them never meet', async () => {
    await using world = await open()
    const names = [
      '',
      'acme',
      'Acme',
      ' acme corp ',
      'アクメ',
      'library',
      'image',
      'x__41cme',
      '7',
      'a/b',
      '..',
    ]
    for (const orgId of names) await world.create({ orgId, slug: 'same' })
    for (const orgId of names) {
      const found = await world.registry.readBySlug(orgId, 'same')
      assert.equal(found.orgId, orgId.trim(), JSON.stringify(orgId))
    }
    assert.equal(await world.registry.count(), names.length)
  })

  test('what was read can be changed by its reader: nobody else sees that', async () => {
    await using world = await open()
    const { id } = await world.create({ metadata: { list: [1] }, tags: ['a'], ast: { x: [1] } })
    const one = (await world.registry.read(id)) as unknown as Record<string, unknown[]> & {
      metadata: { list: number[] }
    }
    const before = structuredClone(one)
    one['tags']?.push('b')
    one.metadata.list.push(2)
    ;(one['createdAt'] as unknown as Date).setTime(0)
    assert.deepEqual(await world.registry.read(id), before)
  })

  test('update merges deeply, replaces lists, and takes away what is null', async () => {
    await using world = await open()
    const { registry, clock } = world
    const { id } = await world.create({
      description: 'old',
      tags: ['a', 'b'],
      metadata: { keep: 1, deep: { one: 1, two: { three: 3 } }, list: [1, 2] },
    })
    clock.step(1_000)
    const changed = await registry.update(id, {
      name: 'Ada',
      description: null,
      tags: ['c'],
      metadata: { deep: { one: null, two: { four: 4 } }, list: [3] },
      ownerId: 'grace',
      visibility: 'private',
    })
    assert.equal(changed.name, 'Ada')
    assert.equal('description' in changed, false)
    assert.deepEqual(changed.tags, ['c'])
    assert.deepEqual(changed.metadata, { keep: 1, deep: { two: { three: 3, four: 4 } }, list: [3] })
    assert.deepEqual([changed.ownerId, changed.visibility], ['grace', 'private'])
    assert.deepEqual([changed.slug, changed.sourceCode], ['ada-the-reviewer', usual.sourceCode])
    assert.equal(changed.updatedAt.getTime() - changed.createdAt.getTime(), 1_000)
    assert.deepEqual(await registry.read(id), changed)
    assert.equal((await registry.update(id, { metadata: null })).metadata, undefined)
  })

  test('an artifact that was read can be given back with something in it changed', async () => {
    await using world = await open()
    const made = await world.create({ ast: { a: 1 }, published: true, metadata: { m: 1 } })
    const back = await world.registry.update(made.id, { ...made, tags: ['new'] })
    assert.deepEqual(back, { ...made, tags: ['new'] })
    for (const [field, value] of [
      ['id', '01a00000-0000-7000-8000-000000000000'],
      ['orgId', 'other'],
      ['slug', 'other'],
      ['type', 'team'],
    ])
      assert.equal(
        await failure(world.registry.update(made.id, { [String(field)]: value })),
        `ValidationError VALIDATION ${field}`,
      )
    assert.deepEqual(await world.registry.read(made.id), back)
  })

  test('a draft changes; a published version takes no other source, no other AST, and a new version takes both', async () => {
    await using world = await open()
    const { registry } = world
    const { id } = await world.create({ version: '1.0.0', ast: { n: 1 } })
    assert.equal((await registry.update(id, { sourceCode: 'PERSONA B', ast: { n: 2 } })).version, '1.0.0')
    const published = await registry.publish(id, '1.0.0', 'The first one.')
    assert.ok(published.publishedAt)
    assert.equal(await failure(registry.update(id, { sourceCode: 'PERSONA C' })), 'ConflictError CONFLICT')
    assert.equal(await failure(registry.update(id, { ast: { n: 3 } })), 'ConflictError CONFLICT')
    assert.equal(await failure(registry.update(id, { ast: null })), 'ConflictError CONFLICT')
    // The same again is no change.
    assert.deepEqual((await registry.update(id, { sourceCode: 'PERSONA B' })).ast, { n: 2 })
    assert.deepEqual((await registry.update(id, { sourceCode: 'PERSONA B', ast: { n: 2 } })).ast, { n: 2 })
    const next = await registry.update(id, { version: '1.1.0', sourceCode: 'PERSONA C', ast: { n: 3 } })
    assert.deepEqual(
      [next.version, next.isLatest, next.sourceCode, next.ast, next.publishedAt],
      ['1.1.0', true, 'PERSONA C', { n: 3 }, undefined],
    )
    const first = await registry.getVersion(id, '1.0.0')
    assert.deepEqual([first.sourceCode, first.ast, first.isLatest], ['PERSONA B', { n: 2 }, false])
    assert.deepEqual([first.changelog, first.published], ['The first one.', true])
  })

  test('an AST goes with the source that it was made of, and by null', async () => {
    await using world = await open()
    const { registry } = world
    const { id } = await world.create({ ast: [1, [2]] })
    assert.deepEqual((await registry.read(id)).ast, [1, [2]])
    assert.deepEqual((await registry.update(id, { tags: ['x'] })).ast, [1, [2]])
    assert.deepEqual((await registry.update(id, { sourceCode: usual.sourceCode })).ast, [1, [2]])
    assert.equal('ast' in (await registry.update(id, { sourceCode: 'PERSONA Other' })), false)
    assert.deepEqual((await registry.update(id, { ast: 'leaf' })).ast, 'leaf')
    assert.equal('ast' in (await registry.update(id, { ast: null })), false)
    assert.equal('ast' in (await registry.read(id)), false)
  })

  test('an earlier draft is changed by naming it, and answered with', async () => {
    await using world = await open()
    const { registry } = world
    const { id } = await world.create({ version: '1.0.0' })
    await registry.update(id, { version: '2.0.0', sourceCode: 'PERSONA Two' })
    const changed = await registry.update(id, { version: '1.0.0', sourceCode: 'PERSONA One' })
    assert.deepEqual([changed.version, changed.isLatest, changed.sourceCode], ['1.0.0', false, 'PERSONA One'])
    const stands = await registry.read(id)
    assert.deepEqual([stands.version, stands.sourceCode], ['2.0.0', 'PERSONA Two'])
    const published = await registry.publish(id, '1.0.0')
    assert.deepEqual([published.version, published.isLatest], ['1.0.0', false])
    assert.ok(published.publishedAt)
  })

  test('what is deleted is found nowhere, keeps its slug, and comes back; what is purged frees it', async () => {
    await using world = await open()
    const { registry } = world
    const made = await world.create({ tags: ['gone'] })
    await registry.delete(made.id)
    for (const work of [
      () => registry.read(made.id),
      () => registry.readBySlug('acme', made.slug),
      () => registry.readBySlug('acme', made.slug, '0.1.0'),
      () => registry.update(made.id, { name: 'x' }),
      () => registry.delete(made.id),
      () => registry.listVersions(made.id),
      () => registry.getVersion(made.id, '0.1.0'),
      () => registry.publish(made.id, '0.1.0'),
      () => registry.rollback(made.id, '0.1.0'),
      () => registry.star(made.id, 'eve'),
      () => registry.incrementDownloads(made.id),
      () => registry.getRelated(made.id),
    ])
      assert.equal(await failure(work()), 'NotFoundError NOT_FOUND')
    assert.deepEqual((await registry.find()).items, [])
    assert.equal(await registry.count({ tags: ['gone'] }), 0)
    assert.deepEqual(await registry.getTags(), [])
    assert.equal(await failure(world.create({ slug: made.slug })), 'DuplicateError DUPLICATE')
    assert.deepEqual(await registry.restore(made.id), made)
    assert.deepEqual(await registry.restore(made.id), made)
    assert.deepEqual(await registry.read(made.id), made)
    await registry.delete(made.id)
    await registry.purge(made.id)
    assert.equal(await failure(registry.purge(made.id)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(registry.restore(made.id)), 'NotFoundError NOT_FOUND')
    const again = await world.create({ slug: made.slug })
    assert.notEqual(again.id, made.id)
    assert.deepEqual(await registry.readBySlug('acme', made.slug), again)
  })

  test('two of one title get two slugs, and a slug that was chosen is refused the second time', async () => {
    await using world = await open()
    assert.equal((await world.create()).slug, 'ada-the-reviewer')
    assert.equal((await world.create({ type: 'skill' })).slug, 'ada-the-reviewer-2')
    assert.equal((await world.create({ orgId: 'other' })).slug, 'ada-the-reviewer')
    assert.equal(await failure(world.create({ slug: 'ada-the-reviewer' })), 'DuplicateError DUPLICATE')
  })

  test('what the registry makes the backend reads, and the other way round', async () => {
    await using world = await open()
    const { backend, registry } = world
    const made = await world.create({ description: 'd', tags: ['t'], metadata: { a: 1 } })
    const read = await backend.read(made.id)
    assert.ok(read.ok)
    const { metadata, source } = read.value
    assert.deepEqual(
      { source, ...metadata },
      {
        source: 'PERSONA Ada',
        name: 'Ada the Reviewer',
        slug: 'ada-the-reviewer',
        version: '0.1.0',
        description: 'd',
        organization: 'acme',
        tags: ['t'],
        custom: { a: 1 },
      },
    )
    const other = await backend.create({
      type: 'team',
      source: 'TEAM T',
      metadata: { name: 'T', organization: 'Big Co', author: 'Grace', tags: ['u'] },
    })
    assert.ok(other.ok)
    const flat = await registry.readBySlug('Big Co', 't')
    assert.deepEqual([flat.id, flat.orgId, flat.sourceCode], [other.value.id, 'Big Co', 'TEAM T'])
  })

  test('in a transaction of the backend everything is part of it', async () => {
    await using world = await open()
    const { backend, registry } = world
    const seen = async (): Promise<number> => await registry.count()
    const outside = seen.bind(undefined)
    await (async () => {
      const begun = await backend.beginTransaction()
      assert.ok(begun.ok)
      const { id } = await world.create()
      assert.equal((await registry.read(id)).name, usual.name)
      assert.equal((await registry.find()).items.length, 1)
      assert.ok((await begun.value.rollback()).ok)
    })()
    assert.equal(await outside(), 0)
    await (async () => {
      const begun = await backend.beginTransaction()
      assert.ok(begun.ok)
      await world.create()
      assert.ok((await begun.value.commit()).ok)
    })()
    assert.equal(await outside(), 1)
  })
})
