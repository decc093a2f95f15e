import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistryError } from '../../../src/library/errors.ts'
import type { FlatArtifact } from '../../../src/library/flat-types.ts'
import type { SearchQuery } from '../../../src/library/search-engine.ts'
import { failure, type OpenWorld, onEachBackend, type World } from './world.ts'

interface SearchWorld {
  readonly world: World
  /** What the engine was asked. */
  readonly asked: SearchQuery[]
  /** What it answers. */
  answer: (query: SearchQuery) => unknown
}

async function searching(open: OpenWorld): Promise<SearchWorld & AsyncDisposable> {
  const asked: SearchQuery[] = []
  const state = { answer: (_: SearchQuery): unknown => [] }
  const world = await open({
    engine: {
      find: async (query) => {
        asked.push(query)
        return state.answer(query) as string[]
      },
    },
  })
  return Object.assign(state, {
    world,
    asked,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  })
}

const names = (items: readonly FlatArtifact[]): string[] =>
  items.map(({ name, version }) => `${name} ${version}`)

onEachBackend('a registry with a search engine', (open) => {
  test('asks it for words, and answers in its order with what still is so', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    const [a, b, c] = [
      await search.world.create({ name: 'a', tags: ['t'], version: '1.0.0' }),
      await search.world.create({ name: 'b', tags: ['t'], version: '1.0.0' }),
      await search.world.create({ name: 'c', version: '1.0.0' }),
    ]
    await registry.update(a.id, { version: '2.0.0', sourceCode: 'x' })
    const gone = await search.world.create({ name: 'gone', tags: ['t'] })
    await registry.delete(gone.id)
    search.answer = () => [c.id, b.id, gone.id, 'noise', b.id, a.id, 7]
    assert.deepEqual(names((await registry.find({ text: 'words' })).items), [
      'c 1.0.0',
      'b 1.0.0',
      'a 2.0.0',
      'a 1.0.0',
    ])
    const query = { text: 'words', tags: ['t'] }
    assert.deepEqual(names((await registry.find(query)).items), ['b 1.0.0', 'a 2.0.0', 'a 1.0.0'])
    assert.deepEqual(names((await registry.find({ ...query, isLatest: true })).items), ['b 1.0.0', 'a 2.0.0'])
    assert.deepEqual(names((await registry.find({ ...query, isLatest: false })).items), ['a 1.0.0'])
    const sort = { field: 'name', order: 'asc' } as const
    assert.deepEqual(names((await registry.find({ ...query, sort })).items), [
      'a 2.0.0',
      'a 1.0.0',
      'b 1.0.0',
    ])
    assert.equal(await registry.count(query), 3)
    const full = { text: 'x', type: 'persona', skills: ['s'], visibility: 'public', tags: ['t'] } as const
    await registry.find(full)
    assert.deepEqual(search.asked.at(-1), {
      text: 'x',
      limit: 1_000,
      type: ['persona'],
      tags: ['t'],
      skills: ['s'],
      visibility: ['public'],
    })
    const before = search.asked.length
    await registry.find({ tags: ['t'] })
    assert.equal(search.asked.length, before)
  })

  test('leafs through what it has found', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    const ids: string[] = []
    for (let n = 0; n < 5; n++) ids.push((await search.world.create({ name: `n${n}` })).id)
    search.answer = () => ids
    const seen: string[] = []
    const sizes: number[] = []
    for (let after: string | undefined; ; ) {
      const page = await registry.find({ text: 'n', limit: 2, ...(after !== undefined && { after }) })
      seen.push(...page.items.map(({ id }) => id))
      sizes.push(page.items.length)
      if (page.next === undefined) break
      after = page.next
    }
    assert.deepEqual([seen, sizes], [ids, [2, 2, 1]])
    assert.deepEqual(
      (await registry.find({ text: 'n', offset: 4 })).items.map(({ id }) => id),
      ids.slice(4),
    )
    const { next } = await registry.find({ limit: 2 })
    assert.equal(
      await failure(registry.find({ text: 'n', after: String(next) })),
      'ValidationError VALIDATION after',
    )
  })

  test('asks it for what is related, and takes only what everybody may see', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    const it = await search.world.create({ name: 'it', tags: ['t'] })
    const other = await search.world.create({ name: 'other' })
    const hidden = await search.world.create({ name: 'hidden', visibility: 'private' })
    search.answer = () => [hidden.id, it.id, other.id]
    assert.deepEqual(await registry.getRelated(it.id, 5), [other])
    assert.deepEqual(search.asked, [{ like: it.id, visibility: ['public'], limit: 5 }])
    await registry.delete(it.id)
    assert.equal(await failure(registry.getRelated(it.id)), 'NotFoundError NOT_FOUND')
    assert.equal(search.asked.length, 1)
  })

  test('tells of an engine that fails, with its error as the cause', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    const broken = new Error('the index is gone')
    search.answer = () => {
      throw broken
    }
    await assert.rejects(
      registry.find({ text: 'x' }),
      (error) => isRegistryError(error, 'UNAVAILABLE') && error.cause === broken,
    )
    search.answer = () => ({ ids: [] })
    assert.equal(await failure(registry.count({ text: 'x' })), 'UnavailableError UNAVAILABLE')
  })
})
