import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { failure, inMemory } from './world.ts'

const trap = (member: string): object =>
  Object.defineProperty({}, member, {
    enumerable: true,
    get() {
      throw new Error('a trap')
    },
  })

test('what cannot be searched for is refused, with its field', async () => {
  await using world = await inMemory()
  const { registry } = world
  for (let n = 0; n < 3; n++) await world.create({ name: `n${n}` })
  const { next } = await registry.searchPage({ limit: 1 })
  const wrong: readonly [unknown, string][] = [
    [null, 'query'],
    [7, 'query'],
    [new Map(), 'query'],
    [{ text: 'x' }, 'text'],
    [{ query: 7 }, 'query'],
    [{ query: 'a\0b' }, 'query'],
    [{ query: 'x'.repeat(1_001) }, 'query'],
    [{ query: 'w '.repeat(40) }, 'query'],
    [{ query: 'stars:>many' }, 'query'],
    [trap('query'), 'query'],
    [{ type: 7 }, 'type'],
    [{ type: ['skill', 7] }, 'type[1]'],
    [{ type: 'skil' }, 'type'],
    [{ type: ['image', 'skil'] }, 'type'],
    [{ query: 'kind:skil' }, 'query'],
    [{ tags: 'x'.repeat(10_000) }, 'tags'],
    [{ tags: Array.from({ length: 1_000 }, () => 't') }, 'tags'],
    [{ skills: { 0: 'x' } }, 'skills'],
    [{ capabilities: [null] }, 'capabilities[0]'],
    [{ category: false }, 'category'],
    [{ language: ['\ud800'] }, 'language[0]'],
    [{ license: 7 }, 'license'],
    [{ author: trap('length') }, 'author'],
    [{ organization: 7 }, 'organization'],
    [{ orgId: 7 }, 'orgId'],
    [{ orgId: 'x'.repeat(10_000) }, 'orgId'],
    [{ ownerId: [7] }, 'ownerId[0]'],
    [{ platform: 'x.y' }, 'platform'],
    [{ platform: 2 }, 'platform'],
    [{ minDownloads: -1 }, 'minDownloads'],
    [{ minDownloads: '1' }, 'minDownloads'],
    [{ minStars: 0.5 }, 'minStars'],
    [{ createdAfter: '2026-01-01' }, 'createdAfter'],
    [{ createdBefore: new Date(Number.NaN) }, 'createdBefore'],
    [{ updatedAfter: 7 }, 'updatedAfter'],
    [{ updatedBefore: Object.create(Date.prototype) }, 'updatedBefore'],
    [{ createdAfter: new Date(2), createdBefore: new Date(1) }, 'createdAfter'],
    [{ updatedAfter: new Date(2), updatedBefore: new Date(2) }, 'updatedAfter'],
    [{ query: 'downloads:20..10' }, 'query'],
    [{ deprecated: 'no' }, 'deprecated'],
    [{ visibility: 'secret' }, 'visibility'],
    [{ sort: 'views' }, 'sort'],
    [{ sort: { field: 'name' } }, 'sort'],
    [{ sort: 'name', order: 'up' }, 'order'],
    [{ order: 'asc' }, 'order'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 1_001 }, 'limit'],
    [{ pageSize: 1.5 }, 'pageSize'],
    [{ limit: 1, pageSize: 1 }, 'pageSize'],
    [{ page: 0 }, 'page'],
    [{ page: 51 }, 'page'],
    [{ page: 2 ** 60 }, 'page'],
    [{ page: 1, after: next }, 'page'],
    [{ after: 'elsewhere' }, 'after'],
    [{ after: next, query: 'other' }, 'after'],
    [{ after: next, visibility: 'private' }, 'after'],
    [{ after: next?.slice(0, -4) }, 'after'],
    [{ explain: 1 }, 'explain'],
  ]
  const onPages: readonly [unknown, string][] = [
    [{ facets: 'type' }, 'facets'],
    [{ facets: ['kind'] }, 'facets[0]'],
    [{ facetLimit: 0 }, 'facetLimit'],
  ]
  for (const [given, field] of [...wrong, ...onPages])
    assert.equal(
      await failure(registry.searchPage(given as never)),
      `ValidationError VALIDATION ${field}`,
      inspect(given),
    )
  for (const [given, field] of wrong)
    assert.equal(await failure(registry.search(given as never)), `ValidationError VALIDATION ${field}`)
  assert.equal(await failure(registry.search({ facets: [] } as never)), 'ValidationError VALIDATION facets')
  for (const given of [undefined, 7, 'a\0', 'x'.repeat(101)])
    assert.equal(await failure(registry.suggest(given as never)), 'ValidationError VALIDATION text')
  assert.equal(await failure(registry.suggest('a', 0)), 'ValidationError VALIDATION limit')
})

test('an order that is nearly one is refused with the one that may be meant', async () => {
  await using world = await inMemory()
  const { registry } = world
  await assert.rejects(registry.search({ sort: 'download' } as never), {
    message:
      'invalid sort: it is none of relevance, downloads, stars, updated, created, name; did you mean downloads?',
  })
  await assert.rejects(registry.search({ sort: 'views' } as never), {
    message: 'invalid sort: it is none of relevance, downloads, stars, updated, created, name',
  })
})

test('bounds that are none are refused', async () => {
  await using world = await inMemory()
  for (const [search, field] of [
    [null, 'search'],
    [{ timeout: 0 }, 'search.timeout'],
    [{ wait: 1.5 }, 'search.wait'],
    [{ pause: 2 ** 31 }, 'search.pause'],
    [{ interval: '1s' }, 'search.interval'],
    [{ patience: 1 }, 'search.patience'],
  ])
    assert.throws(() => new RegistryManager(world.backend, undefined, undefined, { search } as never), {
      code: 'VALIDATION',
      field,
    })
})
