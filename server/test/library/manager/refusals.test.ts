import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistryError } from '../../../src/library/errors.ts'
import type { NewFlatArtifact } from '../../../src/library/flat-types.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { failure, inMemory, onEachBackend, usual } from './world.ts'

const deep = (depth: number): unknown => {
  let value: unknown = 1
  for (let at = 0; at < depth; at++) value = { value }
  return value
}
const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

/** What cannot be taken, and the field that it is in. */
const refused: readonly [string, unknown, string][] = [
  ['name', undefined, 'name'],
  ['name', 7, 'name'],
  ['name', ' ', 'name'],
  ['name', 'n'.repeat(10_000), 'name'],
  ['name', 'a\0b', 'name'],
  ['name', '\ud800', 'name'],
  ['orgId', 7, 'orgId'],
  ['orgId', 'o\0', 'orgId'],
  ['orgId', 'é'.repeat(150), 'orgId'],
  ['ownerId', null, 'ownerId'],
  ['ownerId', 'o'.repeat(201), 'ownerId'],
  ['slug', 'Not A Slug', 'slug'],
  ['slug', '', 'slug'],
  ['slug', 'persona', 'slug'],
  ['slug', 's'.repeat(201), 'slug'],
  ['type', undefined, 'type'],
  ['type', 'robot', 'type'],
  ['type', { toString: () => 'persona' }, 'type'],
  ['version', '1.0', 'version'],
  ['version', 'v1.0.0', 'version'],
  ['version', `1.0.0-${'a'.repeat(130)}`, 'version'],
  ['version', 1, 'version'],
  ['version', '9007199254740992.0.0', 'version'],
  ['sourceCode', undefined, 'sourceCode'],
  ['sourceCode', Buffer.from('x'), 'sourceCode'],
  ['sourceCode', 'half \udc00', 'sourceCode'],
  ['sourceCode', 'x'.repeat(2_001), 'sourceCode'],
  ['ast', () => 1, 'ast'],
  ['ast', Number.NaN, 'ast'],
  ['ast', cyclic, 'ast'],
  ['ast', deep(1_001), 'ast'],
  ['ast', 'x'.repeat(2_001), 'ast'],
  ['metadata', [], 'metadata'],
  ['metadata', { a: 1n }, 'metadata'],
  ['metadata', { a: new Date() }, 'metadata'],
  ['metadata', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), 'metadata'],
  ['metadata', deep(20), 'metadata'],
  ['metadata', { text: 'x'.repeat(70_000) }, 'metadata'],
  ['description', 'd'.repeat(10_001), 'description'],
  ['description', {}, 'description'],
  ['tags', 'red', 'tags'],
  ['tags', ['ok', ''], 'tags[1]'],
  ['tags', ['ok', 7], 'tags[1]'],
  ['tags', ['t'.repeat(101)], 'tags[0]'],
  ['tags', new Array(1_000_000).fill('t'), 'tags'],
  ['skills', {}, 'skills'],
  ['skills', [7], 'skills[0]'],
  ['skills', ['a', 'a'], 'skills[1]'],
  ['skills', [{ name: 'a', proficiency: 'godlike' }], 'skills[0].proficiency'],
  ['skills', [{ name: 'a', years: 3 }], 'skills[0].years'],
  ['visibility', 'hidden', 'visibility'],
  ['visibility', null, 'visibility'],
  ['changelog', 7, 'changelog'],
  ['published', 'yes', 'published'],
]

onEachBackend('what a registry refuses', (open) => {
  test('is named by its field, and leaves nothing behind', async () => {
    await using world = await open({ limits: { sourceBytes: 2_000 } })
    const { registry } = world
    for (const [name, value, field] of refused)
      assert.equal(
        await failure(registry.create({ ...usual, [name]: value } as NewFlatArtifact)),
        `ValidationError VALIDATION ${field}`,
        `${name}: ${String(JSON.stringify(value === cyclic ? 'cyclic' : value, (_, one) => (typeof one === 'bigint' ? 'n' : one))).slice(0, 60)}`,
      )
    const long = { orgId: 'o'.repeat(100), slug: 's'.repeat(200) }
    assert.equal(await failure(world.create(long)), 'ValidationError VALIDATION slug')
    for (const nothing of [undefined, null, 7, 'x', []])
      assert.equal(await failure(registry.create(nothing as never)), 'ValidationError VALIDATION artifact')
    assert.equal(await registry.count(), 0)
    assert.deepEqual(await registry.getTags(), [])
    for await (const event of registry.events({ signal: AbortSignal.timeout(20) })) assert.fail(event.kind)
  })

  test('of sources that are too large together, no more than one is read at a time', async () => {
    await using world = await open({ limits: { sourceBytes: 2_000, sourcesPerPage: 2_500 } })
    const { registry } = world
    for (const letter of ['a', 'b']) await world.create({ name: letter, sourceCode: letter.repeat(1_500) })
    await assert.rejects(registry.find({}), (error) => {
      assert.ok(isRegistryError(error) && error.code === 'VALIDATION')
      assert.match(error.message, /3000 bytes.*2500|2500.*3000 bytes/)
      return true
    })
    assert.deepEqual(
      (await registry.find({ limit: 1, sort: { field: 'name', order: 'desc' } })).items.map(
        ({ sourceCode }) => sourceCode,
      ),
      ['b'.repeat(1_500)],
    )
  })

  test('of one artifact all may be read, and of its versions no more together than of a page', async () => {
    await using world = await open({ limits: { sourcesPerPage: 2_048 } })
    const { registry } = world
    const { id } = await world.create({ sourceCode: 'x'.repeat(900), ast: 'y'.repeat(1_200) })
    await registry.update(id, { description: 'said later' })
    assert.equal((await registry.read(id)).ast, 'y'.repeat(1_200))
    assert.equal((await registry.listVersions(id)).length, 1)
    for (const version of ['2.0.0', '3.0.0']) await registry.update(id, { version, sourceCode: version })
    await assert.rejects(registry.listVersions(id), { code: 'VALIDATION', message: /limits\.sourcesPerPage/ })
    assert.equal((await registry.getVersion(id, '2.0.0')).sourceCode, '2.0.0')
    const { backend } = world
    assert.equal((await backend.listVersions(id)).ok, true)
    await registry.update(id, { version: '4.0.0', sourceCode: 'x'.repeat(2_000) })
    const listed = await backend.listVersions(id)
    assert.deepEqual(listed.ok || [listed.error.code, /sourcesPerPage/.test(listed.error.message)], [
      'VALIDATION',
      true,
    ])
  })

  test('of an update is named too, and the artifact stays as it is', async () => {
    await using world = await open({ limits: { sourceBytes: 2_000 } })
    const { registry } = world
    const made = await world.create({ metadata: { a: 1 } })
    const unlike = new Set(['slug', 'type', 'orgId'])
    for (const [name, value, field] of refused) {
      if (value === undefined || (name === 'ownerId' && value === null)) continue
      const told = unlike.has(name) ? name : field
      assert.equal(
        await failure(registry.update(made.id, { [name]: value } as never)),
        `ValidationError VALIDATION ${told}`,
        name,
      )
    }
    for (const nothing of [undefined, null, 7])
      assert.equal(
        await failure(registry.update(made.id, nothing as never)),
        'ValidationError VALIDATION changes',
      )
    assert.deepEqual(await registry.read(made.id), made)
  })

  test('are ids and versions that there are not, or cannot be', async () => {
    await using world = await open()
    const { registry } = world
    const { id } = await world.create()
    const nobody = '01a00000-0000-7000-8000-000000000000'
    for (const unknown of [nobody, 'x', '', '__proto__', id.toUpperCase()])
      assert.equal(await failure(registry.read(unknown)), 'NotFoundError NOT_FOUND', unknown)
    for (const bad of [undefined, 7, null, {}, 'a\0', '\ud800', 'x'.repeat(300)])
      assert.equal(await failure(registry.read(bad as never)), 'ValidationError VALIDATION id')
    assert.equal(await failure(registry.getVersion(id, '9.9.9')), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(registry.getVersion(id, 'latest')), 'NotFoundError NOT_FOUND')
    assert.equal(
      await failure(registry.getVersion(id, `sha256:${'0'.repeat(64)}`)),
      'NotFoundError NOT_FOUND',
    )
    for (const bad of [7, 'a\0', 'x'.repeat(300), ''])
      assert.equal(await failure(registry.getVersion(id, bad as never)), 'ValidationError VALIDATION version')
    assert.equal(await failure(registry.readBySlug('acme', 'nobody')), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(registry.readBySlug('ACME', usual.name)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(registry.readBySlug('acme', 7 as never)), 'ValidationError VALIDATION slug')
    assert.equal(await failure(registry.readBySlug(7 as never, 'x')), 'ValidationError VALIDATION orgId')
  })
})

test('a registry stands on a backend of Lading’s own, and needs it connected', async () => {
  assert.throws(
    () => new RegistryManager({} as never),
    (error) => isRegistryError(error, 'VALIDATION') && error.field === 'backend',
  )
  assert.throws(
    () => new RegistryManager(undefined as never),
    (error) => isRegistryError(error, 'VALIDATION'),
  )
  const backend = new MemoryBackend({ jobs: false })
  const registry = new RegistryManager(backend)
  for (const work of [
    () => registry.find(),
    () => registry.create(usual),
    () => registry.collections.list(''),
    () => registry.events().next(),
  ])
    assert.equal(await failure(work()), 'UnavailableError UNAVAILABLE')
  await backend.connect()
  assert.deepEqual(await registry.find(), { items: [] })
  await backend.disconnect()
  assert.equal(await failure(registry.find()), 'UnavailableError UNAVAILABLE')
})

test('a quota that is used up is told as such', async () => {
  await using world = await inMemory({ quotas: { acme: { repositories: 1 } } })
  await world.create()
  assert.equal(await failure(world.create()), 'QuotaError QUOTA')
})

test('nothing that is given takes the place of what objects have from the language', async () => {
  await using world = await inMemory()
  const metadata = JSON.parse('{"constructor":{"name":"x"},"toString":"y","hasOwnProperty":null}')
  const made = await world.create({ metadata, tags: ['constructor', '__proto__'] })
  assert.deepEqual(made.metadata, metadata)
  assert.deepEqual(await world.registry.getTags(), ['__proto__', 'constructor'])
  assert.equal((await world.registry.find({ tags: ['__proto__'] })).items.length, 1)
  const named = JSON.parse('{"__proto__":{"name":"x"}}')
  assert.equal(await failure(world.registry.create(named)), 'ValidationError VALIDATION __proto__')
})
