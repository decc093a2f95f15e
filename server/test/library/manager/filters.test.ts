import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Artifact, Page } from '../../../src/library/backend-types.ts'
import { unwrap } from '../../../src/library/result.ts'
import { failure, onEachBackend } from './world.ts'

onEachBackend('a filter', (open) => {
  test('finds what was given with the same words, blanks around them or not', async () => {
    await using world = await open()
    const { backend, registry } = world
    await world.create({ tags: [' sp '], skills: [' sk '], orgId: ' acme ' })
    const metadata = { name: 'x', tags: [' sp '], skills: [' sk '], author: ' Ada ', organization: ' Größe ' }
    unwrap(await backend.create({ type: 'skill', source: 'x', metadata }))
    for (const [tag, skill] of [
      [' sp ', ' sk '],
      ['sp', 'sk\n'],
    ] as const) {
      assert.equal(await registry.count({ tags: [tag], skills: [skill] }), 2)
      assert.equal(unwrap(await backend.count({ filter: { tags: [tag], skills: [skill] } })), 2)
    }
    for (const [author, organization] of [
      [' Ada ', ' Größe '],
      ['Ada', 'Größe'],
    ] as const)
      assert.equal(unwrap(await backend.count({ filter: { author, organization } })), 1)
  })

  test('of custom members finds each number by itself', async () => {
    await using world = await open()
    const custom = { n: -0, list: [-0, 1.5], nested: { zero: 0 } }
    unwrap(await world.backend.create({ type: 'skill', source: 'x', metadata: { name: 'x', custom } }))
    for (const wanted of [custom, { n: -0 }, { n: 0 }, { list: [0, 1.5] }, { nested: { zero: -0 } }])
      assert.equal(unwrap(await world.backend.count({ filter: { custom: wanted } })), 1)
    assert.equal(unwrap(await world.backend.count({ filter: { custom: { n: 1 } } })), 0)
  })

  test('is leafed through by name, however long names may be', async () => {
    await using world = await open({ limits: { titleLength: 1_200 } })
    const { backend, registry } = world
    const names = ['\u0001', '\u0002', '\u0003'].map((char) => `a${char.repeat(1_198)}a`)
    for (const [at, name] of names.entries()) await world.create({ name, slug: `s${at}` })
    let [after, flatAfter]: (string | undefined)[] = []
    for (const name of names) {
      const page: Page<Artifact> = unwrap(
        await backend.find({ sort: { field: 'name' }, pagination: { limit: 1, ...(after && { after }) } }),
      )
      const query = { sort: { field: 'name' }, limit: 1, ...(flatAfter && { after: flatAfter }) } as const
      const flat = await registry.find({ ...query, sort: { field: 'name' } })
      assert.deepEqual([page.items[0]?.metadata.name, flat.items[0]?.name], [name, name])
      after = page.next
      flatAfter = flat.next
    }
    assert.deepEqual([after, flatAfter], [undefined, undefined])
  })

  test('of a registry knows whose artifacts are, and which are published or deleted', async () => {
    await using world = await open()
    const { registry } = world
    await world.create({ name: 'a', orgId: 'Größe', ownerId: 'ada', published: true })
    const b = await world.create({ name: 'b', orgId: 'Größe', ownerId: 'ben' })
    await world.create({ name: 'c', orgId: '', ownerId: 'ada' })
    await registry.update(b.id, { version: '0.2.0' })
    await registry.delete(b.id)
    const names = async (query: object): Promise<string[]> => {
      const { items } = await registry.find({ ...query, sort: { field: 'name' } })
      assert.equal(await registry.count(query), items.length)
      return items.map(({ name, version }) => `${name} ${version}`)
    }
    assert.deepEqual(await names({ orgId: ' Größe ' }), ['a 0.1.0'])
    assert.deepEqual(await names({ orgId: '' }), ['c 0.1.0'])
    assert.deepEqual(await names({ orgId: 'nobody' }), [])
    assert.deepEqual(await names({ ownerId: 'ada' }), ['a 0.1.0', 'c 0.1.0'])
    assert.deepEqual(await names({ ownerId: 'ada', orgId: 'Größe' }), ['a 0.1.0'])
    assert.deepEqual(await names({ published: true }), ['a 0.1.0'])
    assert.deepEqual(await names({ published: false }), ['c 0.1.0'])
    assert.deepEqual(await names({ deleted: false }), ['a 0.1.0', 'c 0.1.0'])
    assert.deepEqual(await names({ deleted: true, orgId: 'Größe' }), ['a 0.1.0', 'b 0.2.0', 'b 0.1.0'])
    assert.deepEqual(await names({ deleted: true, isLatest: true, ownerId: 'ben' }), ['b 0.2.0'])
    const { items } = await registry.find({ deleted: true, ownerId: 'ben' })
    assert.ok(items.every(({ deletedAt }) => deletedAt instanceof Date))
    for (const [query, field] of [
      [{ orgId: 7 }, 'orgId'],
      [{ orgId: 'é'.repeat(150) }, 'orgId'],
      [{ ownerId: null }, 'ownerId'],
      [{ published: 'yes' }, 'published'],
      [{ deleted: 1 }, 'deleted'],
    ] as const)
      assert.equal(await failure(registry.find(query as never)), `ValidationError VALIDATION ${field}`)
  })
})
