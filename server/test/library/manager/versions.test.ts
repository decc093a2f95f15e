import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FlatVersion } from '../../../src/library/flat-types.ts'
import { failure, onEachBackend, type World } from './world.ts'

const shown = ({ version, isLatest, published, parent }: FlatVersion) => [
  version,
  isLatest,
  published,
  parent,
]

/** Three versions: 1.0.0 and 1.1.0 published, 2.0.0-rc.1 a draft at which it does not stand. */
async function history(world: World): Promise<string> {
  const { registry, clock } = world
  const { id } = await world.create({ version: '1.0.0', name: 'One', tags: ['one'], metadata: { n: 1 } })
  await registry.publish(id, '1.0.0', 'First.')
  clock.step(1_000)
  await registry.update(id, {
    version: '1.1.0',
    name: 'Two',
    sourceCode: 'PERSONA Two',
    tags: ['two'],
    metadata: { n: 2 },
    ast: { two: true },
  })
  await registry.publish(id, '1.1.0')
  clock.step(1_000)
  await registry.update(id, { version: '2.0.0-rc.1', sourceCode: 'PERSONA Three', changelog: 'Tried.' })
  return id
}

onEachBackend('versions of a registry', (open) => {
  test('are listed with the highest first, each with its own content and what the artifact says now', async () => {
    await using world = await open()
    const id = await history(world)
    const versions = await world.registry.listVersions(id)
    assert.deepEqual(versions.map(shown), [
      ['2.0.0-rc.1', false, false, '1.1.0'],
      ['1.1.0', true, true, '1.0.0'],
      ['1.0.0', false, true, undefined],
    ])
    assert.deepEqual(
      versions.map(({ sourceCode, ast, name, tags }) => [sourceCode, ast, name, tags]),
      [
        ['PERSONA Three', undefined, 'Two', ['two']],
        ['PERSONA Two', { two: true }, 'Two', ['two']],
        ['PERSONA Ada', undefined, 'Two', ['two']],
      ],
    )
    const [draft, second, first] = versions
    assert.equal(draft?.changelog, 'Tried.')
    assert.match(second?.changelog ?? '', /two/)
    assert.equal(first?.changelog, 'First.')
    assert.deepEqual(
      versions.map(({ versionCreatedAt, createdAt }) => versionCreatedAt.getTime() - createdAt.getTime()),
      [2_000, 1_000, 0],
    )
    assert.equal(draft?.publishedAt, undefined)
    assert.equal(first?.publishedAt?.getTime(), first?.createdAt.getTime())
  })

  test('that are asked for by number say what they said themselves', async () => {
    await using world = await open()
    const id = await history(world)
    const first = await world.registry.getVersion(id, '1.0.0')
    assert.deepEqual(
      [first.name, first.tags, first.metadata, first.isLatest, first.id, first.slug],
      ['One', ['one'], { n: 1 }, false, id, 'one'],
    )
    assert.deepEqual(await world.registry.readBySlug('acme', 'one', '1.0.0'), first)
    const second = await world.registry.getVersion(id, '1.1.0')
    assert.deepEqual([second.name, second.tags, second.ast], ['Two', ['two'], { two: true }])
    // What it says of itself now is said of the version at which it stands.
    await world.registry.update(id, { description: 'later' })
    assert.equal((await world.registry.getVersion(id, '1.1.0')).description, 'later')
    assert.equal((await world.registry.getVersion(id, '1.0.0')).description, undefined)
  })

  test('a rollback moves back to what was published, and deletes nothing', async () => {
    await using world = await open()
    const { registry } = world
    const id = await history(world)
    const back = await registry.rollback(id, '1.0.0')
    assert.deepEqual(
      [back.version, back.isLatest, back.name, back.tags, back.metadata, back.sourceCode],
      ['1.0.0', true, 'One', ['one'], { n: 1 }, 'PERSONA Ada'],
    )
    assert.deepEqual(await registry.read(id), back)
    assert.deepEqual((await registry.listVersions(id)).map(shown), [
      ['2.0.0-rc.1', false, false, '1.1.0'],
      ['1.1.0', false, true, '1.0.0'],
      ['1.0.0', true, true, undefined],
    ])
    assert.deepEqual(await registry.getTags(), ['one'])
    assert.equal(await failure(registry.rollback(id, '2.0.0-rc.1')), 'ConflictError CONFLICT')
    assert.equal(await failure(registry.rollback(id, '3.0.0')), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(registry.rollback(id, 'old')), 'ValidationError VALIDATION version')
    assert.deepEqual(await registry.read(id), back)
  })

  test('are published once, or made and published in one, and the changelog is the author’s', async () => {
    await using world = await open()
    const { registry } = world
    const id = await history(world)
    assert.equal(await failure(registry.publish(id, '1.0.0')), 'ConflictError CONFLICT')
    const made = await registry.publish(id, '1.2.0', 'Straight away.')
    assert.deepEqual([made.version, made.isLatest, made.sourceCode], ['1.2.0', true, 'PERSONA Two'])
    assert.ok(made.publishedAt)
    assert.equal((await registry.getVersion(id, '1.2.0')).changelog, 'Straight away.')
    await registry.update(id, { changelog: 'Said better.' })
    assert.equal((await registry.getVersion(id, '1.2.0')).changelog, 'Said better.')
    assert.equal(await failure(registry.publish(id, '1')), 'ValidationError VALIDATION version')
    assert.equal(
      await failure(registry.publish(id, '1.3.0', 7 as never)),
      'ValidationError VALIDATION changelog',
    )
  })

  test('are deprecated and yanked with a message, and taken back', async () => {
    await using world = await open()
    const { registry } = world
    const id = await history(world)
    const old = await registry.deprecate(id, '1.0.0', 'Use 1.1.0.')
    assert.deepEqual([old.version, old.deprecated, old.yanked], ['1.0.0', 'Use 1.1.0.', undefined])
    const gone = await registry.yank(id, '1.1.0', 'It bites.')
    assert.deepEqual([gone.yanked, gone.isLatest], ['It bites.', false])
    assert.equal((await registry.read(id)).version, '1.0.0')
    assert.equal((await registry.getVersion(id, '1.1.0')).sourceCode, 'PERSONA Two')
    assert.equal((await registry.deprecate(id, '1.0.0', undefined)).deprecated, undefined)
    assert.equal((await registry.yank(id, '1.1.0', undefined)).yanked, undefined)
    assert.equal(await failure(registry.yank(id, '1.1.0', '')), 'ValidationError VALIDATION message')
    assert.equal(await failure(registry.deprecate(id, '2.0.0-rc.1', 'no')), 'ConflictError CONFLICT')
    assert.equal(await failure(registry.deprecate(id, '9.0.0', 'no')), 'NotFoundError NOT_FOUND')
  })

  test('differ in their documents, sources and files, as Markdown too', async () => {
    await using world = await open()
    const { registry } = world
    const id = await history(world)
    const { fields, source, files, dependencies } = await registry.diff(id, '1.0.0', '1.1.0')
    assert.ok(fields.some((field) => JSON.stringify(field).includes('One')))
    assert.equal(source?.form, 'text')
    assert.match(source?.text?.unified ?? '', /-PERSONA Ada\n.*\n?\+PERSONA Two/s)
    assert.deepEqual(
      files.filter(({ name }) => name === 'ast.json').map(({ change }) => change),
      ['added'],
    )
    assert.deepEqual(dependencies, [])
    assert.equal((await registry.diff(id, '1.0.0', '1.0.0')).source, undefined)
    assert.match(await registry.changelog(id, '1.0.0', '1.1.0'), /1\.1\.0/)
    assert.equal(await failure(registry.diff(id, '1.0.0', '7.0.0')), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(registry.changelog(id, '1.0.0', '7.0.0')), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(registry.diff(id, '1.0.0', {} as never)), 'ValidationError VALIDATION to')
  })

  test('are walked by what they need, both ways', async () => {
    await using world = await open()
    const { registry } = world
    const base = await world.create({
      type: 'module',
      name: 'base',
      version: '1.0.0',
      published: true,
      sourceCode: '',
    })
    const user = await world.create({
      type: 'module',
      name: 'user',
      version: '1.0.0',
      published: true,
      sourceCode: "import 'module:acme/base@^1'\n",
    })
    const down = await registry.dependencies(user.id)
    assert.deepEqual(
      down.steps.map(({ artifact, depth }) => [artifact, depth]),
      [[base.id, 1]],
    )
    assert.deepEqual(await registry.dependencies(user.id, { version: '1.0.0', depth: 4 }), down)
    assert.deepEqual((await registry.dependencies(user.id, { depth: 0 })).steps, [])
    const up = await registry.dependents(base.id)
    assert.deepEqual(
      up.steps.map(({ artifact, depth }) => [artifact, depth]),
      [[user.id, 1]],
    )
    assert.equal((await registry.dependents(base.id, { depth: 0 })).cut, true)
    assert.equal(
      await failure(registry.dependents(base.id, { depth: -1 })),
      'ValidationError VALIDATION depth',
    )
  })

  test('beyond a page are all listed', async () => {
    await using world = await open()
    const { id } = await world.create({ version: '0.0.1' })
    for (let n = 2; n <= 105; n++)
      await world.registry.update(id, { version: `0.0.${n}`, sourceCode: `S${n}` })
    const versions = await world.registry.listVersions(id)
    assert.deepEqual(
      versions.map(({ version, sourceCode }) => [version, sourceCode]),
      Array.from({ length: 105 }, (_, at) => [
        `0.0.${105 - at}`,
        at === 104 ? 'PERSONA Ada' : `S${105 - at}`,
      ]),
    )
  })
})
