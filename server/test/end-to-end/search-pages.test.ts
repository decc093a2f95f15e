import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openMemorySearch } from '../../src/adapters/search/memory/open-memory-search.ts'
import { openSqliteSearch } from '../../src/adapters/search/sqlite/open-sqlite-search.ts'
import { parseNamespace } from '../../src/domain/repository-name.ts'
import { searchBounds } from '../../src/ports/search/search.ts'
import { callerOf } from '../core/kit.ts'
import { ask } from '../kit/http-client.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../kit/searched-registry.ts'

/** More than can be reached by relevance, and more than an engine compares word by word. */
const published = searchBounds.hits + 60

interface Page {
  readonly hits: readonly { readonly artifact: { readonly id: string }; readonly score: number }[]
  readonly total: number
  readonly next?: string
}

let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-pages-'))
})

after(() => rm(folder, { recursive: true, force: true }))

async function fill({ registry, searching }: SearchedRegistry): Promise<void> {
  const caller = callerOf()
  for (let at = 0; at < published; at++)
    await registry.composed.registry.artifacts.create(caller, {
      kind: 'persona',
      namespace: parseNamespace('acme'),
      slug: `${at % 3 === 0 ? 'data-' : ''}thing-${at}`,
      owner: 'user:ada',
      visibility: 'public',
      metadata: {
        name: at % 5 === 0 ? `Data ${at}` : `Thing ${at}`,
        description: `${'Much is said here. '.repeat(at % 7)}It is about data${' and data'.repeat(at % 4)}.`,
        topics: at % 2 === 0 ? ['data'] : ['things'],
      },
      document: undefined,
      source: '',
      version: '1.0.0',
      changelog: '',
      published: true,
    })
  await searching.catchUp()
}

async function walk(url: string, query: string, limit: number): Promise<Page['hits']> {
  const hits: Page['hits'][number][] = []
  let next = ''
  do {
    const path = `/api/v1/search?${query}&limit=${limit}${next && `&after=${encodeURIComponent(next)}`}`
    const { status, body } = await ask(url, { path })
    assert.equal(status, 200, String(body))
    const page = JSON.parse(String(body)) as Page
    assert.equal(page.total, published)
    hits.push(...page.hits)
    next = page.next ?? ''
    assert.ok(hits.length <= searchBounds.hits)
  } while (next !== '')
  return hits
}

for (const [name, open] of [
  ['sqlite', () => openSqliteSearch({ folder })],
  ['memory', openMemorySearch],
] as const)
  test(`all pages by relevance have each hit once, whatever their length, in ${name}`, async () => {
    const engine = open()
    try {
      await using world = await startSearchedRegistry({}, { main: { name, engine } })
      await fill(world)
      for (const query of ['q=data', 'q=data&boosts=false', 'q=']) {
        const orders: (readonly string[])[] = []
        for (const limit of [20, 50]) {
          const hits = await walk(world.url, query, limit)
          const ids = hits.map(({ artifact }) => artifact.id)
          assert.equal(ids.length, searchBounds.hits, query)
          assert.equal(new Set(ids).size, ids.length, `${query} by ${limit}`)
          const scores = hits.slice(0, searchBounds.scored).map(({ score }) => score)
          assert.deepEqual(
            scores,
            scores.toSorted((one, other) => other - one),
          )
          orders.push(ids)
        }
        assert.deepEqual(orders[0], orders[1], query)
      }
    } finally {
      await engine.close()
    }
  })
