import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { Searching } from '../../../src/boot/compose/searching.ts'
import type { SearchRequest, SearchResult } from '../../../src/core/search/search-request.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import { type Sight, wholeSight } from '../../../src/domain/search.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { IndexChange, SearchEngine } from '../../../src/ports/search/search.ts'
import { spoiltEngine } from '../../kit/spoilt-engine.ts'
import { type Authors, authors } from '../authoring/kit.ts'

const everybody: Sight = [{ visibilities: ['public'] }]
const signal = new AbortController().signal

interface TwoEngines extends AsyncDisposable {
  readonly authors: Authors
  readonly searching: Searching
  search(request: Partial<SearchRequest> | string): Promise<SearchResult>
}

/** A registry of which everybody sees what is public, with an engine that a test spoils and one of the store's own. */
async function twoEngines(main: SearchEngine, fallback?: SearchEngine): Promise<TwoEngines> {
  const world = await authors()
  const searching = new Searching(world.test.core, {
    main: { name: 'outside', engine: main },
    ...(fallback && { fallback: { name: 'own', engine: fallback } }),
    ...{ timeout: 300, pause: 1_000, interval: 100 },
  })
  await searching.catchUp()
  return {
    authors: world,
    searching,
    search: async (request) =>
      await searching.search(everybody, {
        limit: 20,
        ...(typeof request === 'string' ? { text: request } : request),
      }),
    [Symbol.asyncDispose]: async () => {
      await searching.close()
      await world[Symbol.asyncDispose]()
    },
  }
}

const unavailable = async (): Promise<never> => {
  throw new SearchError('unavailable', 'it is spoilt')
}

async function publishTwo(world: TwoEngines): Promise<string> {
  const make = async (slug: string, topic: string) =>
    await world.authors.create({
      slug,
      metadata: { name: slug, description: `a ${slug} word`, topics: [topic] },
      published: true,
    })
  await make('plain', 'plainly')
  const { id } = await make('secret', 'zeppelins')
  await world.searching.catchUp()
  return id
}

test('what was hidden since an index has seen it is in no number, no facet and no cursor', async () => {
  await using world = await twoEngines(openMemorySearch())
  const { artifacts, test } = world.authors
  const id = await publishTwo(world)
  assert.equal((await world.search('word')).total, 2)
  await artifacts.update(test.caller, { id, visibility: 'private' })
  // Nobody follows: the index has it as it was.
  for (const asked of [
    { text: 'word', countFacets: ['topic'] },
    { text: 'word', countFacets: ['topic'], limit: 0 },
    { text: 'word', countFacets: ['topic'], limit: 0, sort: 'name' },
    { text: 'word', countFacets: ['topic'], limit: 1, sort: 'name', back: true },
    { text: 'zeppelins', countFacets: ['topic'], sort: 'createdAt' },
  ] as const) {
    const told = await world.search(asked)
    assert.equal(JSON.stringify(told).includes('zeppelin'), false, JSON.stringify(told))
    assert.equal(told.total, asked.text === 'word' ? 1 : 0, JSON.stringify(asked))
    assert.deepEqual(
      told.facets.topic,
      asked.text === 'word' ? [{ value: 'plainly', count: 1 }] : [],
      JSON.stringify(asked),
    )
    assert.equal(told.next, undefined)
  }
})

test('what was made and hidden since is not told either, where somebody else has brought it into the index', async () => {
  const engine = openMemorySearch()
  await using world = await twoEngines(engine)
  const { artifacts, test } = world.authors
  const other = new Searching(test.core, {
    main: { name: 'outside', engine },
    ...{ timeout: 300, pause: 1_000, interval: 100 },
  })
  const metadata = { name: 'secret', description: 'a word', topics: ['zeppelins'] }
  const { id } = await world.authors.create({ slug: 'secret', metadata, published: true })
  await other.catchUp()
  await artifacts.update(test.caller, { id, visibility: 'private' })
  const { total, facets } = await world.search({
    text: 'word',
    countFacets: ['topic'],
    limit: 0,
    sort: 'name',
  })
  assert.deepEqual([total, facets.topic], [0, []])
  await other.close()
})

test('a change that comes late to an index does not undo what has come before it', async () => {
  const inner = openMemorySearch()
  const outside = spoiltEngine(inner)
  await using world = await twoEngines(outside.engine)
  const { artifacts, test } = world.authors
  const written: IndexChange[] = []
  outside.faults = {
    apply: async (changes, from, to) => {
      written.push(...changes)
      return await inner.apply(changes, from, to)
    },
  }
  const id = await publishTwo(world)
  for (const change of [
    () => artifacts.delete(test.caller, id),
    () => artifacts.restore(test.caller, id),
    () => artifacts.update(test.caller, { id, visibility: 'private' }),
    () => artifacts.delete(test.caller, id),
  ]) {
    const earlier = [...written]
    // Of another process, whose clock is behind.
    test.clock.jump(-10_000)
    await change()
    await world.searching.catchUp()
    const mark = (await inner.mark()) ?? ''
    const told = async (): Promise<string> =>
      JSON.stringify([
        await inner.list(undefined, 9),
        await world.searching.search(everybody, { text: 'word', limit: 9 }),
      ])
    const before = await told()
    // Another process has read the same, and is slow to write it.
    for (const late of earlier) await inner.apply([late], mark, mark)
    assert.equal(await told(), before)
  }
})

test('an engine that says for ever that others have gone on is one that fails', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine, openMemorySearch())
  outside.faults = { apply: async () => 'moved' }
  await publishTwo(world)
  const { total, degraded } = await world.search('word')
  assert.deepEqual([total, degraded], [2, true])
})

test('an engine that fails is not asked again for everything that is new', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine, openMemorySearch())
  let asked = 0
  outside.faults = {
    apply: async () => {
      asked++
      return await unavailable()
    },
  }
  world.searching.follow()
  const { clock } = world.authors.test
  for (let at = 0; at < 20; at++) {
    await world.authors.create({ slug: `made-${at}`, metadata: { name: 'made' }, published: true })
    world.searching.wake()
    await clock.advance(10)
  }
  assert.equal(asked, 1)
  await clock.advance(3_000)
  assert.ok(asked >= 3 && asked < 6, String(asked))
  outside.faults = {}
  await clock.advance(1_100)
  const { total, degraded } = await world.search('made')
  assert.deepEqual([total, degraded], [20, false])
})

test('an index that cannot follow what was hidden does not answer for it: the other one does', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine, openMemorySearch())
  const { artifacts, test } = world.authors
  const id = await publishTwo(world)
  assert.equal((await world.search('word')).engine, 'outside')
  outside.faults = { apply: unavailable }
  await artifacts.delete(test.caller, id)
  const { total, degraded, engine } = await world.search('word')
  assert.deepEqual([total, degraded, engine], [1, true, 'own'])
  outside.faults = {}
  await test.clock.advance(1_000)
  await world.searching.catchUp()
  assert.equal((await world.search('word')).degraded, false)
})

test('without another one it says that it is not available rather than what was hidden', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine)
  const { artifacts, test } = world.authors
  const id = await publishTwo(world)
  const held = Promise.withResolvers<'moved'>()
  outside.faults = { apply: () => held.promise }
  await artifacts.update(test.caller, { id, visibility: 'private' })
  await assert.rejects(world.search('word'), { code: 'unavailable' })
  outside.faults = {}
  held.resolve('moved')
})

test('an index that takes no changes is not asked while the other one follows', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine, openMemorySearch())
  await publishTwo(world)
  outside.faults = { apply: unavailable }
  await world.authors.create({ slug: 'third', metadata: { name: 'third word' }, published: true })
  await world.searching.catchUp()
  const { total, degraded } = await world.search('word')
  assert.deepEqual([total, degraded], [3, true])
  assert.equal(world.searching.isWhole, false)
  outside.faults = {}
  await world.searching.catchUp()
  const now = await world.search('word')
  assert.deepEqual([now.total, now.degraded], [3, false])
})

test('an index that is gone has not found nothing', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine, openMemorySearch())
  await publishTwo(world)
  const empty = openMemorySearch()
  outside.faults = {
    mark: async () => undefined,
    query: (query, signal) => empty.query(query, signal),
    complete: async () => [],
  }
  const { total, degraded } = await world.search('word')
  assert.deepEqual([total, degraded], [2, true])
  const { artifacts, degraded: isDegraded } = await world.searching.suggest(everybody, 'pla', 5)
  assert.deepEqual([artifacts.length, isDegraded], [1, true])
})

test('an engine that does not hear that it is given up keeps nobody waiting, and one at a time tries it again', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine, openMemorySearch())
  await publishTwo(world)
  let asked = 0
  outside.faults = {
    query: async () => {
      asked++
      return await new Promise<never>(() => {})
    },
  }
  const begun = performance.now()
  assert.equal((await world.search('word')).degraded, true)
  assert.ok(performance.now() - begun < 3_000)
  assert.equal((await world.search('word')).degraded, true)
  assert.equal(asked, 1)
  await world.authors.test.clock.advance(1_000)
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.search('word')))
  assert.ok(answers.every(({ degraded, total }) => degraded && total === 2))
  assert.equal(asked, 2)
  outside.faults = {}
  await world.authors.test.clock.advance(1_000)
  assert.equal((await world.search('word')).degraded, false)
})

test('an index that does not let go of what was hidden does not answer for it: the other one does', async () => {
  const inner = openMemorySearch()
  const outside = spoiltEngine(inner)
  await using world = await twoEngines(outside.engine, openMemorySearch())
  const { artifacts, test } = world.authors
  const id = await publishTwo(world)
  // It says that it has what it has not.
  outside.faults = { apply: async (_, from, to) => await inner.apply([], from, to) }
  await artifacts.update(test.caller, { id, visibility: 'private' })
  await world.searching.catchUp()
  const { total, facets, degraded, engine } = await world.search({ text: 'word', countFacets: ['topic'] })
  assert.deepEqual([total, facets.topic], [1, [{ value: 'plainly', count: 1 }]])
  assert.deepEqual([degraded, engine], [true, 'own'])
})

test('without another one such an index is as good as none', async () => {
  const inner = openMemorySearch()
  const outside = spoiltEngine(inner)
  await using world = await twoEngines(outside.engine)
  const { artifacts, test } = world.authors
  const id = await publishTwo(world)
  outside.faults = { apply: async (_, from, to) => await inner.apply([], from, to) }
  await artifacts.update(test.caller, { id, visibility: 'private' })
  await assert.rejects(world.search('word'), { code: 'unavailable' })
  await artifacts.update(test.caller, { id, visibility: 'public' })
  assert.equal((await world.search('word')).total, 2)
})

test('what is hidden while it is asked, time and again, keeps nobody from an answer', async () => {
  const inner = openMemorySearch()
  const outside = spoiltEngine(inner)
  await using world = await twoEngines(outside.engine)
  const { create, artifacts, test } = world.authors
  const made = await Promise.all(
    Array.from({ length: 9 }, (_, at) =>
      create({ slug: `word-${at}`, metadata: { name: 'word' }, published: true }),
    ),
  )
  await world.searching.catchUp()
  const left = made.map(({ id }) => id)
  outside.faults = {
    query: async (query, ended) => {
      const answer = await inner.query(query, ended)
      const id = left.pop()
      if (id !== undefined) await artifacts.update(test.caller, { id, visibility: 'private' })
      return answer
    },
  }
  const { total, hits, engine, degraded } = await world.search({ text: 'word', sort: 'name' })
  assert.deepEqual([total, hits.length, engine, degraded], [left.length, left.length, 'outside', false])
  assert.ok(left.length > 0 && left.length < 9)
})

test('an index that is ahead of the store is stale too', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine)
  const id = await publishTwo(world)
  const compared = async (): Promise<unknown> => await allOf(world.searching.compare('outside', signal))
  assert.deepEqual(await compared(), [])
  const listed = await outside.engine.list(undefined, 9)
  const [version = 0] = listed.filter((one) => one.id === id).map((one) => one.version)
  outside.faults = {
    list: async () => listed.map((one) => (one.id === id ? { id, version: version + 1 } : one)),
  }
  assert.deepEqual(await compared(), [{ id, why: 'stale' }])
  outside.faults = { list: async () => listed.map((one) => (one.id === id ? { id, version: -1 } : one)) }
  assert.deepEqual(await compared(), [{ id, why: 'stale' }])
})

test('what an index has lost or has otherwise is found by itself, and it is built anew', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await twoEngines(outside.engine)
  await publishTwo(world)
  const shared = { can: { shared: true, durable: true } }
  const checked = new Searching(world.authors.test.core, {
    main: { name: 'outside', engine: overriding(outside.engine, shared) },
    ...{ timeout: 300, pause: 1_000, interval: 100 },
  })
  await checked.catchUp()
  assert.deepEqual(await checked.mend(signal), { outside: 0 })
  const mark = (await outside.engine.mark()) ?? ''
  const [lost] = await outside.engine.list(undefined, 1)
  await outside.engine.apply([{ do: 'remove', id: lost?.id ?? '', version: lost?.version ?? 0 }], mark, mark)
  assert.equal((await checked.search(wholeSight, { text: 'word', limit: 5 })).total, 1)
  // Of one that has just been changed nobody knows whether the index has only not come to it yet.
  await world.authors.test.clock.advance(120_000)
  const { lines } = world.authors.test.telemetry
  lines.length = 0
  assert.deepEqual(await checked.mend(signal), { outside: 1 })
  const engine = 'outside'
  assert.deepEqual(lines, [
    { level: 'warn', message: 'a search index is not as the store is; it is built anew', fields: { engine } },
    { level: 'info', message: 'a search index was built', fields: { engine, artifacts: 2, ms: 0 } },
    { level: 'info', message: 'a search index was mended', fields: { engine, artifacts: 1 } },
  ])
  assert.equal((await checked.search(wholeSight, { text: 'word', limit: 5 })).total, 2)
  assert.deepEqual(await checked.mend(signal), { outside: 0 })
  assert.equal(lines.length, 3, 'nothing is told where nothing was mended')
  await checked.close()
})

test('a cursor that somebody has made up is refused, whatever engine would be asked', async () => {
  await using world = await twoEngines(openMemorySearch())
  await publishTwo(world)
  for (const [sort, wrong] of [
    ['name', [1, null, {}, 'a\0b', '\ud800', 'x'.repeat(2_000)]],
    ['downloads', ['x', null, [], 1e308 * 10]],
  ] as const) {
    const { next = '' } = await world.search({ text: 'word', sort, limit: 1 })
    const [question, stage, offset, value, id] = JSON.parse(Buffer.from(next, 'base64url').toString())
    const forged = [
      ...wrong.map((one) => [question, stage, offset, one, id]),
      ...['\0', '\ud800', 7, 'x'.repeat(2_000), ''].map((one) => [question, stage, offset, value, one]),
      [question, stage, offset],
      [question, 7, offset, value, id],
      [question, stage, 1.5, value, id],
      [question, stage, -1, value, id],
    ]
    for (const members of forged) {
      const text = JSON.stringify(members).replace('null,"', '1e999,"')
      const after = Buffer.from(text).toString('base64url')
      await assert.rejects(world.search({ text: 'word', sort, limit: 1, after }), {
        code: 'parameter-invalid',
        data: { parameter: 'after', reason: 'it is not what an earlier page gave as next' },
      })
    }
  }
})

async function allOf<T>(given: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const one of given) all.push(one)
  return all
}
