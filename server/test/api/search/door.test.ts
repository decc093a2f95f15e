import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import type { NamedEngine } from '../../../src/boot/compose/searching.ts'
import { countUse } from '../../../src/core/artifacts/count-use.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import { callerOf } from '../../core/kit.ts'
import { ask } from '../../kit/http-client.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../../kit/searched-registry.ts'

const search = '/api/v1/search'

/** Artifacts that differ in whatever is asked for below. */
async function shelf(): Promise<SearchedRegistry> {
  const world = await startSearchedRegistry()
  const { core } = world.registry.composed
  const kept = {
    license: 'MIT',
    language: 'TypeScript',
    category: 'text',
    author: 'Ada',
    organization: 'Acme',
  }
  const left = await world.create({
    slug: 'left-pad',
    version: '1.2.0',
    metadata: {
      ...kept,
      name: 'Left pad',
      description: 'Pads a string on its left side',
      topics: ['strings', 'padding'],
      skills: [{ name: 'Typing' }],
      capabilities: ['pads'],
      keywords: ['alignment'],
      repository: 'https://git.example/left-pad',
      homepage: 'https://pad.example/',
      platformVersion: '>=2.0.0',
    },
  })
  await world.registry.clock.advance(1_000)
  const right = await world.create({
    slug: 'right-pad',
    owner: 'eve',
    metadata: {
      name: 'Right pad',
      description: 'Pads on the right',
      license: 'Apache-2.0',
      topics: ['strings'],
    },
  })
  await countUse(core, left.id, 'downloads', 500)
  const withdrawn = { id: right.id, version: '1.0.0', how: 'deprecated', message: 'use left-pad' } as const
  await world.registry.composed.registry.artifacts.withdraw(callerOf(), withdrawn)
  // By then it is counted who was used.
  await world.registry.clock.advance(6_000)
  await world.indexed()
  return world
}

let shared: SearchedRegistry

before(async () => {
  shared = await shelf()
})
after(() => shared[Symbol.asyncDispose]())

describe('GET /api/v1/search', () => {
  it('answers with all that a list shows of an artifact', async () => {
    const world = shared
    const answer = await ask(world.url, { path: `${search}?q=left-pad&facets=kind,license` })
    assert.equal(answer.status, 200, answer.text())
    assert.equal(answer.headers['content-type'], 'application/json')
    assert.equal(answer.headers['cache-control'], 'private, no-store')
    assert.equal(answer.headers['link'], undefined)
    const { hits, ...rest } = answer.json()
    const [{ artifact, score, matches, ...more }] = hits
    const { id, digest, ...shown } = artifact
    assert.match(id, /^\S+$/)
    assert.match(digest, /^sha256:[0-9a-f]{64}$/)
    assert.deepEqual(shown, {
      kind: 'persona',
      namespace: 'acme',
      slug: 'left-pad',
      reference: 'persona:acme/left-pad',
      name: 'Left pad',
      description: 'Pads a string on its left side',
      version: '1.2.0',
      license: 'MIT',
      author: 'Ada',
      organization: 'Acme',
      topics: ['strings', 'padding'],
      skills: ['Typing'],
      keywords: ['alignment'],
      capabilities: ['pads'],
      category: 'text',
      language: 'TypeScript',
      publisher: 'user:ada',
      links: { source: 'https://git.example/left-pad', homepage: 'https://pad.example/' },
      downloads: 500,
      stars: 0,
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: artifact.updatedAt,
    })
    assert.ok(score > 0)
    assert.deepEqual(matches[0], { field: 'name', snippet: 'left-pad', marks: [[0, 8]] })
    assert.deepEqual(more, { repository: 'persona/acme/left-pad', named: true })
    assert.deepEqual(rest, {
      total: 1,
      facets: { kind: [{ value: 'persona', count: 1 }], license: [{ value: 'MIT', count: 1 }] },
      relaxed: 'none',
      degraded: false,
      engine: 'memory',
    })
  })

  it('narrows down by each parameter', async () => {
    const world = shared
    const cases: Readonly<Record<string, readonly string[]>> = {
      '': ['left-pad', 'right-pad'],
      'q=': ['left-pad', 'right-pad'],
      'q=pads&kind=persona': ['left-pad', 'right-pad'],
      'kind=image&kind=chart': [],
      'kind=image&kind=persona': ['left-pad', 'right-pad'],
      'namespace=acme': ['left-pad', 'right-pad'],
      'topic=strings': ['left-pad', 'right-pad'],
      'topic=strings&topic=padding': ['left-pad'],
      'skill=typing': ['left-pad'],
      'capability=pads': ['left-pad'],
      'category=text': ['left-pad'],
      'language=typescript': ['left-pad'],
      'license=mit': ['left-pad'],
      'license=MIT&license=Apache-2.0': ['left-pad', 'right-pad'],
      'author=Ada': ['left-pad'],
      'organization=acme': ['left-pad'],
      'publisher=user:eve': ['right-pad'],
      'publisher=eve': ['right-pad'],
      'publisher=Ada&publisher=eve': ['left-pad', 'right-pad'],
      'publisher=mallory': [],
      'q=publisher:eve': ['right-pad'],
      'q=pad+owner:user:eve': ['right-pad'],
      'q=pad+owner:eve': ['right-pad'],
      'platform=%3E%3D2': ['left-pad'],
      'platform=%3C2': [],
      'minDownloads=500': ['left-pad'],
      'minDownloads=501': [],
      'minStars=1': [],
      'createdFrom=2026-01-01&createdTo=2026-01-01': ['left-pad', 'right-pad'],
      'createdTo=2026-01-01T00:00:00Z': ['left-pad'],
      'createdFrom=2026-01-01T00:00:01Z&createdTo=2026-01-01T01:00:01%2B01:00': ['right-pad'],
      'createdFrom=2026-01-02': [],
      'updatedFrom=2026-01-02': [],
      'updatedTo=2025-12-31': [],
      'deprecated=true': ['right-pad'],
      'deprecated=false': ['left-pad'],
      'q=lef&asTyped=true': ['left-pad'],
      'q=pads+license:MIT': ['left-pad'],
    }
    for (const [query, wanted] of Object.entries(cases)) {
      const { hits, total } = (await ask(world.url, { path: `${search}?${query}` })).json()
      const slugs = hits.map(({ artifact }: { artifact: { slug: string } }) => artifact.slug)
      assert.deepEqual([slugs.toSorted(), total], [wanted, wanted.length], query)
    }
    const { hits } = (await ask(world.url, { path: `${search}?deprecated=true` })).json()
    assert.equal(hits[0].artifact.deprecated, 'use left-pad')
  })

  it('sorts, explains, counts, and ranks without use and age where that is asked for', async () => {
    const world = shared
    const slugs = async (query: string): Promise<string[]> =>
      (await ask(world.url, { path: `${search}?${query}` }))
        .json()
        .hits.map(({ artifact }: { artifact: { slug: string } }) => artifact.slug)
    assert.deepEqual(await slugs('sort=downloads'), ['left-pad', 'right-pad'])
    assert.deepEqual(await slugs('sort=downloads&order=asc'), ['right-pad', 'left-pad'])
    assert.deepEqual(await slugs('sort=created'), ['right-pad', 'left-pad'])
    assert.deepEqual(await slugs('sort=name'), ['left-pad', 'right-pad'])
    assert.deepEqual(await slugs('sort=name&order=desc'), ['right-pad', 'left-pad'])
    const first = async (query: string): Promise<{ explanation?: Record<string, unknown> }> =>
      (await ask(world.url, { path: `${search}?q=pads&limit=1&${query}` })).json().hits[0]
    const { explanation = {} } = await first('explain=true')
    assert.deepEqual(Object.keys(explanation), ['isNamed', 'clauses', 'popularity', 'freshness'])
    assert.ok(Number(explanation['popularity']) > 0)
    assert.equal((await first('explain=true&boosts=false')).explanation?.['popularity'], 0)
    assert.equal((await first('')).explanation, undefined)
    const { facets } = (await ask(world.url, { path: `${search}?facets=all&facetLimit=1&limit=0` })).json()
    assert.deepEqual(facets.topic, [{ value: 'strings', count: 2 }])
    assert.equal(Object.keys(facets).length, 11)
    assert.equal(facets.license.length, 1)
  })

  it('says who is called what was asked, by whom each is shown, and nothing that is not said', async () => {
    await using world = await startSearchedRegistry({ users: { ada: 'secret' } })
    await world.create({ slug: 'pad', metadata: { name: 'Pad' } })
    await world.create({ slug: 'pad-too', metadata: { name: 'Pad too' }, visibility: 'private' })
    await world.create({ slug: 'pad-next', metadata: { name: 'Pad next' }, published: false })
    const Authorization = `Basic ${Buffer.from('ada:secret').toString('base64')}`
    const path = `${search}?q=pad`
    const { hits } = (await ask(world.url, { path, headers: { Authorization } })).json()
    type Hit = { readonly named?: boolean; readonly artifact: Readonly<Record<string, unknown>> }
    const told = (hits as Hit[]).map(({ named, artifact }) => {
      const { slug, visibility, published, keywords, links } = artifact
      return [slug, { named, visibility, published, keywords, links }]
    })
    const none = { named: undefined, visibility: undefined, published: undefined }
    const unsaid = { keywords: undefined, links: undefined }
    assert.deepEqual(Object.fromEntries(told), {
      pad: { ...none, ...unsaid, named: true },
      'pad-too': { ...none, ...unsaid, visibility: 'private' },
      'pad-next': { ...none, ...unsaid, published: false },
    })
    assert.equal(hits[0].artifact.slug, 'pad')
  })

  it('says what was meant where a word is misspelt', async () => {
    const world = shared
    const answer = (await ask(world.url, { path: `${search}?q=strngs` })).json()
    assert.deepEqual([answer.relaxed, answer.suggestion, answer.total], ['typos', 'strings', 2])
  })

  it('leafs by cursors and by pages, and links to what comes next', async () => {
    await using world = await startSearchedRegistry()
    for (let n = 10; n < 35; n++)
      await world.create({ slug: `tool-${n}`, metadata: { name: `tool ${n}`, description: 'same' } })
    for (const query of ['q=same&limit=7', 'q=same&sort=name&limit=7', 'sort=created&pageSize=7']) {
      const found: string[] = []
      let path: string | undefined = `${search}?${query}`
      for (let pages = 0; path !== undefined; pages++) {
        assert.ok(pages < 4, query)
        const answer = await ask(world.url, { path })
        const { hits, next, total } = answer.json()
        assert.equal(total, 25)
        found.push(...hits.map(({ artifact }: { artifact: { slug: string } }) => artifact.slug))
        path = /^<(.+)>; rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1]
        assert.equal(path === undefined, next === undefined)
        if (path !== undefined) assert.equal(new URL(path, world.url).searchParams.get('after'), next)
      }
      assert.equal(new Set(found).size, 25, query)
    }
    const { hits, page, pageSize } = (
      await ask(world.url, { path: `${search}?sort=name&page=3&pageSize=10` })
    ).json()
    assert.deepEqual([hits.length, page, pageSize], [5, 3, 10])
    assert.equal(hits[0].artifact.slug, 'tool-30')
  })

  it('never links to a page that would be refused', async () => {
    await using world = await startSearchedRegistry()
    for (let n = 0; n < 3; n++) await world.create({ slug: `tool-${n}`, metadata: { name: `tool ${n}` } })
    const { next } = (await ask(world.url, { path: `${search}?q=tool&limit=2` })).json()
    const [question, stage] = JSON.parse(Buffer.from(next, 'base64url').toString())
    const far = Buffer.from(JSON.stringify([question, stage, 950])).toString('base64url')
    const refused = await ask(world.url, { path: `${search}?q=tool&limit=100&after=${far}` })
    assert.deepEqual([refused.status, refused.json().parameter], [400, 'after'])
  })

  it('takes GET and HEAD, and knows no other path', async () => {
    await using world = await startSearchedRegistry()
    for (const path of [search, '/api/v1/suggest?q=a']) {
      const refused = await ask(world.url, { method: 'POST', path })
      assert.deepEqual([refused.status, refused.headers.allow], [405, 'GET, HEAD'])
      assert.equal(refused.headers['content-type'], 'application/problem+json')
      const { detail, code } = refused.json()
      assert.deepEqual([detail, code], ['POST is not supported here; try GET, HEAD', 'method-unsupported'])
      const head = await ask(world.url, { method: 'HEAD', path })
      assert.deepEqual([head.status, head.body.length], [200, 0])
    }
    const both = 'there are /api/v1/search, /api/v1/suggest'
    const unknown: Readonly<Record<string, string>> = {
      '/api/v1/serach?q=a': '"/api/v1/serach"; did you mean /api/v1/search?',
      '/api/v1/search/': '"/api/v1/search/"; did you mean /api/v1/search?',
      '/api/v2/search': '"/api/v2/search"; did you mean /api/v1/search?',
      '/api/v1/sugest': '"/api/v1/sugest"; did you mean /api/v1/suggest?',
      '/api': `"/api"; ${both}`,
      '/api/v1': `"/api/v1"; ${both}`,
      '/api/v1/artifacts': `"/api/v1/artifacts"; ${both}`,
      [`/api/${'x'.repeat(2_000)}`]: `"/api/${'x'.repeat(112)}..."; ${both}`,
    }
    for (const [path, said] of Object.entries(unknown))
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await ask(world.url, { method, path })
        assert.deepEqual(
          [answer.status, answer.headers['content-type'], answer.headers['cache-control']],
          [404, 'application/problem+json', 'no-store'],
        )
        assert.deepEqual(answer.json(), {
          status: 404,
          type: '/problems/path-unknown',
          title: 'Path unknown',
          detail: `there is nothing at ${said}`,
          code: 'path-unknown',
          requestId: answer.headers['x-request-id'],
        })
      }
    assert.deepEqual(world.reported, [])
  })

  it('says that another engine answers, or that none does', async () => {
    const fallback = { name: 'spare', engine: openMemorySearch() }
    await using spared = await startSearchedRegistry({}, { main: deaf(), fallback })
    await spared.create({ slug: 'left-pad', metadata: { name: 'Left pad' } })
    const { hits, degraded, engine } = (await ask(spared.url, { path: `${search}?q=pad` })).json()
    assert.deepEqual([hits.length, degraded, engine], [1, true, 'spare'])
    const suggested = (await ask(spared.url, { path: '/api/v1/suggest?q=pad' })).json()
    assert.deepEqual([suggested.artifacts.length, suggested.degraded], [1, true])
    await using alone = await startSearchedRegistry({}, { main: deaf() })
    for (const path of [`${search}?q=pad`, '/api/v1/suggest?q=pad']) {
      const refused = await ask(alone.url, { path })
      assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '1'])
      const { requestId, ...problem } = refused.json()
      assert.equal(requestId, refused.headers['x-request-id'])
      assert.deepEqual(problem, {
        status: 503,
        type: '/problems/unavailable',
        title: 'Unavailable',
        detail: 'Lading cannot do this now: no search engine answers at present; try again later',
        code: 'unavailable',
      })
    }
    // Whoever searches has told it, once for all who ask.
    assert.deepEqual(alone.reported, [])
  })
})

describe('GET /api/v1/suggest', () => {
  it('answers with names that go on like that, the most used first', async () => {
    const world = shared
    const answer = await ask(world.url, { path: '/api/v1/suggest?q=pad' })
    assert.equal(answer.headers['cache-control'], 'private, no-store')
    const { artifacts, ...rest } = answer.json()
    assert.deepEqual(rest, { degraded: false })
    assert.deepEqual(
      artifacts.map(({ id: _, ...shown }: { id: string }) => shown),
      ['left', 'right'].map((side) => ({
        kind: 'persona',
        namespace: 'acme',
        slug: `${side}-pad`,
        reference: `persona:acme/${side}-pad`,
        name: `${side === 'left' ? 'Left' : 'Right'} pad`,
      })),
    )
    const one = (await ask(world.url, { path: '/api/v1/suggest?q=pad&limit=1' })).json()
    assert.equal(one.artifacts.length, 1)
    for (const path of ['/api/v1/suggest', '/api/v1/suggest?q=', '/api/v1/suggest?q=%20'])
      assert.deepEqual((await ask(world.url, { path })).json(), { artifacts: [], degraded: false })
  })

  it('takes a sign between words for the end of one, and goes on with what goes on otherwise', async () => {
    await using world = await startSearchedRegistry()
    const used = await world.create({ slug: 'webhook-relay', metadata: { name: 'Webhook relay' } })
    for (const slug of ['my-web-proxy', 'web-ui', 'webhooks'])
      await world.create({ slug, metadata: { name: slug } })
    await countUse(world.registry.composed.core, used.id, 'downloads', 500)
    await world.registry.clock.advance(6_000)
    await world.indexed()
    const slugs = async (query: string): Promise<string[]> =>
      (await ask(world.url, { path: `/api/v1/suggest?${query}` }))
        .json()
        .artifacts.map(({ slug }: { slug: string }) => slug)
    const [first, ...rest] = await slugs('q=web')
    assert.deepEqual([first, rest.length], ['webhook-relay', 3])
    for (const typed of ['web-', 'web_', 'web.', 'web/', 'WEB%20']) {
      const found = await slugs(`q=${typed}`)
      assert.deepEqual(found.slice(0, 2).toSorted(), ['my-web-proxy', 'web-ui'], typed)
      assert.deepEqual([found[2], found.length], ['webhook-relay', 4], typed)
      assert.deepEqual(await slugs(`q=${typed}&limit=1`), found.slice(0, 1), typed)
    }
    assert.deepEqual(await slugs('q=-'), [])
  })
})

/** An engine that keeps an index and answers nobody. */
function deaf(): NamedEngine {
  const engine = openMemorySearch()
  const refuse = async (): Promise<never> => {
    throw new SearchError('unavailable', 'nobody answers')
  }
  return { name: 'deaf', engine: Object.assign(engine, { query: refuse, complete: refuse }) }
}
