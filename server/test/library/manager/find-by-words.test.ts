import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import { isRegistryError } from '../../../src/library/errors.ts'
import type { FlatArtifact } from '../../../src/library/flat-types.ts'
import type { EngineAnswer, EngineHit, EngineQuery } from '../../../src/ports/search/search.ts'
import { failure, type OpenWorld, onEachBackend, type World } from './world.ts'

interface SearchWorld {
  readonly world: World
  /** What the engine was asked. */
  readonly asked: EngineQuery[]
  /** What it answers, of what an honest one does. */
  answer: (honest: EngineAnswer) => unknown
}

async function searching(open: OpenWorld): Promise<SearchWorld & AsyncDisposable> {
  const asked: EngineQuery[] = []
  const state = { answer: (honest: EngineAnswer): unknown => honest }
  const memory = openMemorySearch()
  const world = await open({
    engine: overriding(memory, {
      query: async (query, signal) => {
        asked.push(query)
        return state.answer(await memory.query(query, signal)) as EngineAnswer
      },
    }),
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
  test('asks it for words, and answers in order of what fits best with what still is so', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    const [a, b, c] = [
      await search.world.create({ name: 'a', tags: ['t'], version: '1.0.0', sourceCode: 'of words' }),
      await search.world.create({ name: 'b', tags: ['t'], version: '1.0.0', description: 'words' }),
      await search.world.create({ name: 'words', slug: 'c', version: '1.0.0' }),
    ]
    await registry.update(a.id, { version: '2.0.0', sourceCode: 'more words' })
    const gone = await search.world.create({ name: 'gone', tags: ['t'], description: 'words' })
    await registry.find({ text: 'words' })
    await registry.delete(gone.id)
    const hit = (id: unknown): EngineHit => ({ id, isNamed: false, value: 1 }) as EngineHit
    search.answer = (honest) => ({ ...honest, hits: [hit('noise'), ...honest.hits, hit(b.id), hit(7), null] })
    assert.deepEqual(names((await registry.find({ text: 'words' })).items), [
      'words 1.0.0',
      'b 1.0.0',
      'a 2.0.0',
      'a 1.0.0',
    ])
    assert.equal((await registry.find({ text: 'words' })).items[0]?.id, c.id)
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
    const before = search.asked.length
    await registry.find(full)
    const first = search.asked[before]
    assert.deepEqual(first?.clauses[0]?.alternatives[0], { words: ['x'], prefix: false, weight: 1 })
    assert.deepEqual(
      [first?.limit, first?.filter.facets],
      [
        1_000,
        [
          { facet: 'kind', keys: ['persona'] },
          { facet: 'topic', keys: ['t'] },
          { facet: 'skill', keys: ['s'] },
        ],
      ],
    )
    const asked = search.asked.length
    await registry.find({ tags: ['t'] })
    assert.equal(search.asked.length, asked)
    // It may count by it what nobody is to know of.
    search.answer = (honest) => ({ ...honest, hits: [hit(gone.id), ...honest.hits] })
    assert.equal(await failure(registry.find({ text: 'words' })), 'UnavailableError UNAVAILABLE')
  })

  test('finds drafts as what they will be, and only of whom and where it was asked for', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    await search.world.create({ name: 'draft', description: 'words' })
    await search.world.create({
      name: 'secret',
      description: 'words',
      visibility: 'private',
      published: true,
    })
    await search.world.create({ name: 'other', description: 'words', orgId: 'other', ownerId: 'Ada' })
    const found = async (query: object): Promise<string[]> =>
      (await registry.find({ text: 'words', ...query })).items.map(({ name }) => name).sort()
    assert.deepEqual(await found({}), ['draft', 'other', 'secret'])
    assert.deepEqual(await found({ visibility: 'public' }), ['draft', 'other'])
    assert.deepEqual(await found({ visibility: 'private' }), ['secret'])
    assert.deepEqual(await found({ published: false }), ['draft', 'other'])
    assert.deepEqual(await found({ orgId: 'other' }), ['other'])
    assert.deepEqual(await found({ ownerId: 'ada' }), ['draft', 'secret'])
  })

  test('leafs through what it has found', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    const ids: string[] = []
    for (let n = 0; n < 5; n++) ids.push((await search.world.create({ name: `n${n}`, tags: ['n'] })).id)
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
    assert.equal(await failure(registry.find({ text: 'w '.repeat(600) })), 'ValidationError VALIDATION text')
    assert.equal(await failure(registry.find({ text: 'n', type: 'skil' })), 'ValidationError VALIDATION type')
  })

  test('is not asked for what is related, of which everybody may see all', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    const it = await search.world.create({ name: 'it', tags: ['t'] })
    const other = await search.world.create({ name: 'other', tags: ['t'] })
    await search.world.create({ name: 'hidden', tags: ['t'], visibility: 'private' })
    assert.deepEqual(await registry.getRelated(it.id, 5), [other])
    await registry.delete(it.id)
    assert.equal(await failure(registry.getRelated(it.id)), 'NotFoundError NOT_FOUND')
    assert.equal(search.asked.length, 0)
  })

  test('tells of an engine that fails, with its error as a cause', async () => {
    await using search = await searching(open)
    const { registry } = search.world
    const broken = new Error('the index is gone')
    search.answer = () => {
      throw broken
    }
    for (const work of [registry.find({ text: 'x' }), registry.search({ query: 'x' })])
      await assert.rejects(
        work,
        (error) => isRegistryError(error, 'UNAVAILABLE') && causes(error).includes(broken),
      )
    for (const answer of [{ ids: [] }, undefined, 7, { hits: [] }]) {
      search.answer = () => answer
      assert.equal(await failure(registry.count({ text: 'x' })), 'UnavailableError UNAVAILABLE')
    }
  })
})

function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [error]
}
