import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unwrap } from '../../../src/library/result.ts'
import type { SearchPageQuery, SearchQuery } from '../../../src/library/search/search-types.ts'
import { type OpenWorld, onEachBackend, type World } from './world.ts'

const second = 1_000

interface Shelf {
  readonly world: World
  /** The names of what is found, in their order. */
  found(query?: SearchQuery): Promise<readonly string[]>
}

/** A registry with some artifacts, each a second younger than the one before it. */
async function shelf(open: OpenWorld): Promise<Shelf & AsyncDisposable> {
  const world = await open()
  const { registry, backend, clock } = world
  clock.step(second)
  await world.create({
    name: 'Map reader',
    description: 'Reads any map that you have folded wrongly.',
    tags: ['maps', 'walking'],
    skills: ['reading'],
    published: true,
  })
  clock.step(second)
  await world.create({
    name: 'Packing list',
    orgId: 'other',
    ownerId: 'Ada',
    type: 'skill',
    description: 'What goes into the bag, beside the map.',
    tags: ['walking', 'bags'],
    published: true,
  })
  clock.step(second)
  await world.create({
    name: 'Compass',
    orgId: '',
    ownerId: '',
    type: 'file',
    sourceCode: 'It points north, whatever the map says.',
    visibility: 'private',
    published: true,
  })
  clock.step(second)
  const metadata = { name: 'Tent', author: 'Bo', license: 'MIT', organization: 'Camp', tags: ['Bags'] }
  unwrap(await backend.create({ type: 'file', metadata, source: 'for the night', published: true }))
  return {
    world,
    found: async (query) => (await registry.search(query)).map(({ artifact }) => artifact.name),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

onEachBackend('a search', (open) => {
  test('answers with artifacts, those that fit best first, and shows what was looked for', async () => {
    await using here = await shelf(open)
    const { registry } = here.world
    const [first, second, third, ...more] = await registry.search({ query: 'map' })
    assert.deepEqual(more, [])
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    assert.deepEqual(first.artifact, await registry.read(first.artifact.id))
    assert.ok(first.score > second.score && second.score > third.score && third.score > 0)
    assert.deepEqual(
      [first, second, third].map(({ matches }) =>
        matches.map(({ field, snippet, marks }) => [
          field,
          snippet,
          ...marks.map(([from, to]) => snippet.slice(from, to)),
        ]),
      ),
      [
        [
          ['slug', 'map-reader', 'map'],
          ['name', 'Map reader', 'Map'],
          ['description', 'Reads any map that you have folded wrongly.', 'map'],
          ['tags', 'maps', 'maps'],
        ],
        [['description', 'What goes into the bag, beside the map.', 'map']],
        [['sourceCode', 'It points north, whatever the map says.', 'map']],
      ],
    )
    assert.deepEqual(Object.keys(first), ['artifact', 'score', 'matches', 'named'])
    assert.deepEqual([first.named, (await registry.search({ query: 'tent' }))[0]?.named], [false, true])
    const fieldsOf = async (query: string): Promise<(string | undefined)[]> =>
      (await registry.search({ query })).map(({ matches }) => matches[0]?.field)
    assert.deepEqual(await fieldsOf('bo'), ['author'])
    assert.deepEqual(await fieldsOf('camp'), ['organization'])
    const [owned] = await registry.search({ query: 'other' })
    assert.deepEqual(
      owned?.matches.map(({ field }) => field),
      ['organization', 'orgId'],
    )
    const listed = await registry.find({ text: 'map', visibility: 'public' })
    assert.deepEqual(listed.items, [first.artifact, second.artifact])
    assert.equal(await registry.count({ text: 'map' }), 3)
  })

  test('narrows down by whatever is said of artifacts', async () => {
    await using here = await shelf(open)
    const { registry, clock } = here.world
    const at = (seconds: number): Date => new Date(clock.now() - (4 - seconds) * second)
    const whole = ['Compass', 'Map reader', 'Packing list', 'Tent']
    const queries: readonly [SearchQuery | undefined, readonly string[]][] = [
      [undefined, whole],
      [{}, whole],
      [{ type: [], tags: [], visibility: [], orgId: [], ownerId: [] }, whole],
      [{ type: 'skill' }, ['Packing list']],
      [{ type: ['skill', 'persona'] }, ['Map reader', 'Packing list']],
      [{ tags: ['walking'] }, ['Map reader', 'Packing list']],
      [{ tags: 'bags' }, ['Packing list', 'Tent']],
      [{ tags: ['walking', 'bags'] }, ['Packing list']],
      [{ skills: 'Reading' }, ['Map reader']],
      [{ capabilities: 'none' }, []],
      [{ category: 'none' }, []],
      [{ language: 'none' }, []],
      [{ author: ['Bo', 'Eve'] }, ['Tent']],
      [{ license: 'mit' }, ['Tent']],
      [{ organization: 'camp' }, ['Tent']],
      [{ orgId: 'other' }, ['Packing list']],
      [{ orgId: ['', 'acme'] }, ['Compass', 'Map reader']],
      [{ ownerId: 'Ada' }, ['Packing list']],
      [{ ownerId: ['ada'] }, ['Map reader']],
      [{ ownerId: '' }, ['Compass', 'Tent']],
      [{ visibility: 'private' }, ['Compass']],
      [{ visibility: ['private', 'public'] }, whole],
      [{ platform: '>=1' }, []],
      [{ deprecated: true }, []],
      [{ deprecated: false, type: 'skill' }, ['Packing list']],
      [{ createdAfter: at(3), createdBefore: at(4) }, ['Compass']],
      [{ updatedAfter: at(4) }, ['Tent']],
      [{ updatedBefore: at(2) }, ['Map reader']],
      [{ minStars: 1 }, []],
      [{ query: 'map type:skill' }, ['Packing list']],
      [{ query: 'map -bag', type: ['skill', 'persona'] }, ['Map reader']],
    ]
    for (const [query, names] of queries)
      assert.deepEqual([...(await here.found(query))].sort(), names, JSON.stringify(query))
    const [{ artifact: tent } = assert.fail()] = await registry.search({ query: 'tent' })
    await registry.star(tent.id, 'eve')
    assert.deepEqual(await here.found({ minStars: 1 }), ['Tent'])
    await registry.deprecate(tent.id, '0.1.0', 'it leaks')
    assert.deepEqual(await here.found({ deprecated: true }), ['Tent'])
    await registry.incrementDownloads(tent.id)
    clock.step(10 * second)
    assert.deepEqual(await here.found({ minDownloads: 1 }), ['Tent'])
    assert.deepEqual(await here.found({ minDownloads: 2 }), [])
  })

  test('sorts from the most and the newest on, and by name', async () => {
    await using here = await shelf(open)
    const { registry } = here.world
    const [{ artifact: compass } = assert.fail()] = await registry.search({ query: 'compass' })
    await registry.star(compass.id, 'eve')
    const byName = ['Compass', 'Map reader', 'Packing list', 'Tent']
    const byTime = ['Tent', 'Compass', 'Packing list', 'Map reader']
    assert.deepEqual(await here.found({ sort: 'name' }), byName)
    assert.deepEqual(await here.found({ sort: 'name', order: 'desc' }), byName.toReversed())
    assert.deepEqual(await here.found({ sort: 'created' }), byTime)
    assert.deepEqual(await here.found({ sort: 'created', order: 'asc' }), byTime.toReversed())
    assert.equal((await here.found({ sort: 'updated' })).length, 4)
    assert.equal((await here.found({ sort: 'stars' }))[0], 'Compass')
    assert.equal((await here.found({ sort: 'downloads', order: 'desc' })).length, 4)
    const hits = await registry.search({ query: 'map', sort: 'name' })
    assert.deepEqual(
      hits.map(({ artifact, score }) => [artifact.name, score]),
      [
        ['Compass', 0],
        ['Map reader', 0],
        ['Packing list', 0],
      ],
    )
  })

  test('comes in pages, by numbers and by where the one before has ended', async () => {
    await using world = await open()
    const { registry } = world
    for (let n = 0; n < 25; n++) await world.create({ name: `page ${String(n).padStart(2, '0')}` })
    assert.equal((await registry.search({ query: 'page' })).length, 20)
    assert.equal((await registry.search({ query: 'page', limit: 25 })).length, 25)
    for (const sort of ['relevance', 'name', 'created'] as const) {
      const query: SearchPageQuery = { query: 'page', sort, pageSize: 10 }
      const leafed: string[][] = []
      for (let after: string | undefined; ; ) {
        const page = await registry.searchPage({ ...query, ...(after !== undefined && { after }) })
        assert.deepEqual(
          [page.total, page.pageSize, page.page],
          [25, 10, after === undefined ? 1 : undefined],
        )
        leafed.push(page.items.map(({ artifact }) => artifact.id))
        after = page.next
        if (after === undefined) break
      }
      assert.deepEqual(
        leafed.map(({ length }) => length),
        [10, 10, 5],
      )
      assert.equal(new Set(leafed.flat()).size, 25)
      const numbered: string[][] = []
      for (const page of [1, 2, 3]) {
        const found = await registry.searchPage({ ...query, page })
        assert.equal(found.page, page)
        numbered.push(found.items.map(({ artifact }) => artifact.id))
      }
      assert.deepEqual(numbered, leafed)
    }
    assert.deepEqual((await registry.searchPage({ query: 'page', page: 4, limit: 10 })).items, [])
  })

  test('tells how often what occurs among all hits, and what may have been meant', async () => {
    await using here = await shelf(open)
    const { registry } = here.world
    const page = await registry.searchPage({ query: 'map' })
    assert.deepEqual(page.facets, {
      type: [
        { value: 'file', count: 1 },
        { value: 'persona', count: 1 },
        { value: 'skill', count: 1 },
      ],
      orgId: page.facets.orgId,
      tags: [
        { value: 'walking', count: 2 },
        { value: 'bags', count: 1 },
        { value: 'maps', count: 1 },
      ],
      skills: [{ value: 'reading', count: 1 }],
      capabilities: [],
      category: [],
      language: [],
      license: [],
      author: [],
      organization: [
        { value: 'acme', count: 1 },
        { value: 'other', count: 1 },
      ],
      ownerId: page.facets.ownerId,
    })
    assert.deepEqual(page.facets.orgId?.map(({ value }) => value).sort(), ['', 'acme', 'other'])
    const { items, facets, ...rest } = page
    assert.equal(items.length, 3)
    assert.deepEqual(rest, {
      total: 3,
      page: 1,
      pageSize: 20,
      relaxed: 'none',
      degraded: false,
      stale: false,
    })
    const counted = await registry.searchPage({
      query: 'map',
      type: 'skill',
      facets: ['type', 'tags'],
      facetLimit: 1,
    })
    assert.deepEqual(counted.facets, {
      type: [{ value: 'file', count: 1 }],
      tags: [{ value: 'bags', count: 1 }],
    })
    assert.equal(counted.total, 1)
    assert.deepEqual((await registry.searchPage({ facets: [] })).facets, {})
    const mistyped = await registry.searchPage({ query: 'cmopass' })
    assert.deepEqual([mistyped.relaxed, mistyped.suggestion], ['typos', 'compass'])
    assert.deepEqual(
      mistyped.items.map(({ artifact }) => artifact.name),
      ['Compass'],
    )
  })

  test('explains each score where that is asked for', async () => {
    await using here = await shelf(open)
    const [hit] = await here.world.registry.search({ query: 'folded map', explain: true })
    assert.ok(hit?.explanation !== undefined)
    const { isNamed, words, popularity, freshness } = hit.explanation
    assert.equal(isNamed, false)
    assert.deepEqual(
      words.map(({ text, fields }) => [text, Object.keys(fields).sort()]),
      [
        ['folded', ['description']],
        ['map', ['description', 'name', 'slug', 'tags']],
      ],
    )
    const sum = words.reduce((all, { score }) => all + score, 0)
    assert.ok(Math.abs(hit.score - sum * (1 + popularity + freshness)) < 1e-9)
  })

  test('suggests what somebody begins to type, what is used most first', async () => {
    await using here = await shelf(open)
    const { registry } = here.world
    const other = await here.world.create({ name: 'Map maker', orgId: 'other' })
    await registry.star(other.id, 'eve')
    const [{ artifact } = assert.fail()] = await registry.search({ query: '"map reader"' })
    assert.deepEqual(await registry.suggest('Ma'), [
      { id: other.id, orgId: 'other', slug: 'map-maker', name: 'Map maker', type: 'persona' },
      { id: artifact.id, orgId: 'acme', slug: 'map-reader', name: 'Map reader', type: 'persona' },
    ])
    assert.deepEqual(
      (await registry.suggest('ma', 1)).map(({ id }) => id),
      [other.id],
    )
    assert.deepEqual(
      (await registry.suggest('lis')).map(({ slug }) => slug),
      ['packing-list'],
    )
    assert.deepEqual(await registry.suggest(''), [])
    assert.deepEqual(await registry.suggest('zz'), [])
  })
})
