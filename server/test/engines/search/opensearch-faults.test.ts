import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { openOpenSearch } from '../../../src/adapters/search/opensearch/open-opensearch.ts'
import { elasticFormat, kept } from '../../../src/adapters/search/shared/elastic/index-body.ts'
import type { ElasticOptions } from '../../../src/adapters/search/shared/elastic/options.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import { type SearchDocument, type SearchEngine, searchBounds } from '../../../src/ports/search/search.ts'
import { asked, build, documentOf, word } from '../../../src/ports/search/suite/harness.ts'
import {
  type OpenSearchServer,
  openSearchSkip,
  startOpenSearchServer,
} from '../../kit/servers/opensearch-server.ts'
import { startElasticFront } from './elastic-front.ts'
import { freshIndex, indicesOf, removeIndices } from './elastic-harness.ts'
import { chanceOf, randomDocument, randomQuery } from './random-index.ts'

const patient = (): AbortSignal => AbortSignal.timeout(60_000)
const named = (prefix: string, count: number): readonly SearchDocument[] =>
  Array.from({ length: count }, (_, at) => documentOf(`${prefix}${at}`, { words: { name: 'word' } }))

describe('an index in OpenSearch', { skip: openSearchSkip }, () => {
  let server: OpenSearchServer
  let index: string
  let engines: SearchEngine[]
  before(async () => {
    server = await startOpenSearchServer()
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    index = freshIndex()
    engines = []
  })
  afterEach(async () => {
    for (const engine of engines) await engine.close()
    await removeIndices(server.url, index)
  })

  async function open(options: Partial<ElasticOptions> = {}): Promise<SearchEngine> {
    const engine = await openOpenSearch({ node: server.url, index, timeoutMs: 30_000, ...options })
    engines.push(engine)
    return engine
  }

  async function tell(method: string, path: string, body?: object): Promise<number> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    await answer.text()
    return answer.status
  }

  const found = async (engine: SearchEngine): Promise<number> =>
    (await asked(engine, { clauses: [word('word')] })).total

  test('frozen, nobody waits longer than the bound; killed, nothing that was acknowledged is lost', async () => {
    const engine = await open({ timeoutMs: 1_000, writeTimeoutMs: 1_500 })
    const slow = await open()
    await build(slow, named('a', 20), 'one')
    server.freeze()
    for (const run of [
      () => engine.mark(),
      () => found(engine),
      () => engine.apply([], 'one', 'two'),
      () => engine.rebuild(),
    ])
      await assert.rejects(run(), { name: 'SearchError', kind: 'timeout' })
    server.thaw()
    assert.equal(await found(slow), 20)
    await using rebuilding = await slow.rebuild()
    await rebuilding.add(named('b', 30))
    const changes = named('c', 5).map((document) => ({ do: 'put', document }) as const)
    const mark = (await slow.mark()) ?? ''
    assert.equal(await slow.apply(changes, mark, 'three'), 'applied')
    await server.kill()
    for (const run of [() => slow.mark(), () => found(slow), () => rebuilding.finish('never')])
      await assert.rejects(run(), { name: 'SearchError', kind: 'unavailable' })
    await server.start()
    assert.equal(await slow.mark(), 'three')
    assert.equal(await found(slow), 25)
    await rebuilding.finish('four')
    assert.deepEqual([await slow.mark(), await found(slow)], ['four', 30])
  })

  test('what was removed is remembered for a day, so that what the network has held brings nothing back', async () => {
    await using front = await startElasticFront(server.url)
    const [slow, fast] = [await open({ node: front.url }), await open()]
    const document = { ...documentOf('a', { words: { name: 'a' } }), version: 3 }
    const put = (version: number) => ({ do: 'put', document: { ...document, version } }) as const
    const heldUp = async (): Promise<readonly unknown[]> => {
      await build(fast, [document], 'one')
      const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      front.means = async ({ path }, behind) => {
        if (path.includes('_bulk')) {
          reached.resolve()
          await go.promise
        }
        return await behind()
      }
      const late = slow.apply([put(4)], 'one', 'two')
      await reached.promise
      await fast.apply([put(4), { do: 'remove', id: 'a', version: 5 }], 'one', 'two')
      const [name] = await indicesOf(server.url, index)
      const settings = await fetch(`${server.url}/${name}/_settings?flat_settings=true`)
      const told = (await settings.json()) as Record<string, { settings: Record<string, string> }>
      assert.equal(told[name ?? '']?.settings['index.gc_deletes'], '1d')
      // The server forgets when it refreshes, and not each time.
      for (let n = 0; n < 3; n++) {
        await fetch(`${server.url}/${name}/_refresh`, { method: 'POST' })
        await fetch(`${server.url}/${name}/_flush?force=true`, { method: 'POST' })
      }
      go.resolve()
      assert.equal(await late, 'moved')
      return await fast.list(undefined, 9)
    }
    assert.deepEqual(await heldUp(), [])
  })

  test('it is built anew again and again, and every query meanwhile sees all of it', async () => {
    const [engine, other] = [await open(), await open()]
    await build(engine, named('a', 50), 'mark')
    const ended = new AbortController()
    let queries = 0
    const asking = Array.from({ length: 3 }, async () => {
      while (!ended.signal.aborted) {
        assert.equal(await found(other), 50)
        assert.equal((await other.list(undefined, 100)).length, 50)
        assert.equal(await other.mark(), 'mark')
        queries++
      }
    })
    const building = (async () => {
      for (let n = 0; n < 8; n++) await build(engine, named('a', 50), 'mark')
    })().finally(() => ended.abort())
    await Promise.all([building, ...asking])
    assert.ok(queries > 8, String(queries))
    assert.equal((await indicesOf(server.url, index)).length, 1)
  })

  test('of several that build it at the same time one is in its place in the end, and nothing else is left', async () => {
    const builders = [await open(), await open(), await open()]
    await Promise.all(builders.map((engine, at) => build(engine, named(`${at}-`, 10 + at), `mark ${at}`)))
    const mark = await builders[0]?.mark()
    const [, at = ''] = /^mark (\d)$/.exec(mark ?? '') ?? []
    for (const engine of builders) assert.equal(await found(engine), 10 + Number(at))
    assert.equal((await indicesOf(server.url, index)).length, 1)
  })

  test('what was begun and given up is removed once it is old, and not what somebody fills', async () => {
    let now = Date.now()
    const bounds = { now: () => now, beatMs: 1_000, abandonedMs: 60_000 }
    const [dead, alive, third] = [
      await open(bounds),
      await open({ ...bounds, beatMs: 20 }),
      await open(bounds),
    ]
    await build(third, [], 'first')
    const left = await dead.rebuild()
    await left.add(named('x', 1))
    await dead.close()
    await using filling = await alive.rebuild()
    assert.equal((await indicesOf(server.url, index)).length, 3)
    now += 50_000
    await filling.add(named('y', 3))
    await build(third, [], 'second')
    assert.equal((await indicesOf(server.url, index)).length, 3)
    now += 15_000
    // Its sign of life is seen by others once it was given at the later time.
    await until(async () => {
      const names = await indicesOf(server.url, index)
      const signs = await Promise.all(
        names.map(async (name) => (await fetch(`${server.url}/${name}/_doc/${kept.life}`)).text()),
      )
      return signs.some((sign) => sign.includes(String(now)))
    })
    await build(third, [], 'third')
    assert.equal((await indicesOf(server.url, index)).length, 2)
    await filling.finish('fourth')
    assert.deepEqual([await third.mark(), await found(third)], ['fourth', 3])
    assert.equal((await indicesOf(server.url, index)).length, 1)
  })

  test('who fills what others have removed is told, and the index stays as it is', async () => {
    const engine = await open()
    await build(engine, named('a', 2), 'one')
    const [present] = await indicesOf(server.url, index)
    await using rebuilding = await engine.rebuild()
    await rebuilding.add(named('b', 1))
    for (const name of await indicesOf(server.url, index))
      if (name !== present) await tell('DELETE', `/${name}`)
    await assert.rejects(rebuilding.add(named('c', 1)), { kind: 'unavailable' })
    await assert.rejects(rebuilding.finish('two'), { kind: 'unavailable' })
    assert.deepEqual([await engine.mark(), await found(engine)], ['one', 2])
    assert.deepEqual(await indicesOf(server.url, index), [present])
  })

  test('what was built and has lost documents does not take its place', async () => {
    const engine = await open()
    await build(engine, named('a', 2), 'one')
    const [present] = await indicesOf(server.url, index)
    await using rebuilding = await engine.rebuild()
    await rebuilding.add(named('b', 3))
    const [built] = (await indicesOf(server.url, index)).filter((name) => name !== present)
    await tell('DELETE', `/${built}/_doc/d%3Ab1?refresh=true`)
    await assert.rejects(rebuilding.finish('two'), { kind: 'unavailable', message: /2 documents of 3/ })
    assert.deepEqual([await engine.mark(), await found(engine)], ['one', 2])
  })

  test('removed by a hand it is to be built, finds nothing, takes no changes and makes no other in its place', async () => {
    const engine = await open()
    await build(engine, named('a', 2), 'one')
    await removeIndices(server.url, index)
    assert.equal(await engine.mark(), undefined)
    assert.equal(await found(engine), 0)
    assert.equal(await engine.apply([{ do: 'remove', id: 'a0', version: 2 }], 'one', 'two'), 'moved')
    assert.deepEqual(await engine.list(undefined, 5), [])
    assert.deepEqual(await indicesOf(server.url, index), [])
    await build(engine, named('a', 3), 'three')
    assert.deepEqual([await engine.mark(), await found(engine)], ['three', 3])
  })

  test('of another format, without its mark, or two under one name: it is to be built, and it is', async () => {
    const engine = await open()
    await build(engine, named('a', 2), 'one')
    const [present] = await indicesOf(server.url, index)
    await tell('DELETE', `/${present}/_doc/${kept.mark}`)
    assert.equal(await engine.mark(), undefined)
    assert.equal(await engine.apply([], 'one', 'two'), 'moved')
    const properties = { kept: { type: 'keyword' }, stored: { type: 'object' } }
    const format = elasticFormat + 1
    const other = `/${index}-${format}-1`
    await tell('PUT', other, { aliases: { [index]: {} }, mappings: { properties } })
    assert.equal(await engine.mark(), undefined)
    await tell('DELETE', `/${present}`)
    const mark = { kept: `mark-${format}`, stored: { mark: 'one' } }
    await tell('PUT', `${other}/_doc/${mark.kept}?refresh=true`, mark)
    const document = { kept: `document-${format}`, stored: { id: 'a' } }
    await tell('PUT', `${other}/_doc/d%3Aa?refresh=true`, document)
    assert.equal(await engine.mark(), undefined)
    await assert.rejects(found(engine), { kind: 'foreign' })
    await build(engine, named('a', 3), 'three')
    assert.deepEqual([await engine.mark(), await found(engine)], ['three', 3])
    assert.equal((await indicesOf(server.url, index)).length, 1)
  })

  test('where its name is that of something else nothing of that is touched', async () => {
    const engine = await open()
    try {
      await tell('PUT', `/${index}/_doc/1?refresh=true`, { text: 'of somebody' })
      assert.equal(await engine.mark(), undefined)
      await assert.rejects(build(engine, named('a', 1), 'one'), { kind: 'foreign', message: /another name/ })
      assert.equal((await fetch(`${server.url}/${index}/_doc/1`)).status, 200)
    } finally {
      await tell('DELETE', `/${index}`)
    }
  })

  test('a disk that is full refuses changes and goes on answering', async () => {
    const engine = await open()
    await build(engine, named('a', 2), 'one')
    const block = (value: boolean | null): Promise<number> =>
      tell('PUT', `/${index}/_settings`, { 'index.blocks.read_only_allow_delete': value })
    await block(true)
    const changes = named('b', 1).map((document) => ({ do: 'put', document }) as const)
    await assert.rejects(engine.apply(changes, 'one', 'two'), { kind: 'refused', message: /disk/ })
    await assert.rejects(engine.apply([], 'one', 'two'), { kind: 'refused', message: /disk/ })
    assert.deepEqual([await engine.mark(), await found(engine)], ['one', 2])
    await block(null)
    assert.equal(await engine.apply(changes, 'one', 'two'), 'applied')
  })

  test('texts that are longer than a term may be are told apart, and shown as they are', async () => {
    const engine = await open()
    const [long, other] = [`${'ж'.repeat(20_000)}`, `${'ж'.repeat(20_000)}х`]
    const documents = [long, other].map((text) =>
      documentOf(text, {
        words: { name: `a ${text} b` },
        names: [text],
        beginnings: [text],
        nameKey: text,
        owner: text,
        platform: text,
        facets: { topic: [text], namespace: [text], kind: [text] },
      }),
    )
    await build(engine, documents, 'one')
    const ids = async (query: Parameters<typeof asked>[1]): Promise<readonly string[]> =>
      (await asked(engine, query)).hits.map(({ id }) => id)
    for (const text of [long, other]) {
      assert.deepEqual(await ids({ clauses: [word(text)], names: [text] }), [text])
      const phrase = { alternatives: [{ words: ['a', text, 'b'], prefix: false, weight: 1 }] }
      assert.deepEqual(await ids({ clauses: [phrase] }), [text])
      assert.deepEqual(await ids({ filter: { facets: [{ facet: 'topic', keys: [text] }], ranges: [] } }), [
        text,
      ])
      assert.deepEqual(await ids({ sight: [{ owners: [text], namespaces: [text], kinds: [text] }] }), [text])
      assert.deepEqual((await asked(engine, { clauses: [word(text)] })).hits[0]?.words?.name, `a ${text} b`)
    }
    assert.deepEqual([...(await ids({ clauses: [word('жж', true)] }))].sort(), [long, other].sort())
    assert.equal(
      (await engine.complete({ text: 'ж'.repeat(99), sight: [{}], limit: 9 }, patient())).length,
      2,
    )
    assert.equal(await engine.apply([{ do: 'remove', id: long, version: 1 }], 'one', 'two'), 'applied')
    assert.deepEqual(await engine.list(undefined, 5), [{ id: other, version: 1 }])
  })

  test('as many words, beginnings and keys as the bounds allow are asked for at once', async () => {
    const engine = await open()
    await build(engine, named('a', 3), 'one')
    const clauses = Array.from({ length: searchBounds.clauses }, (_, clause) => ({
      alternatives: Array.from({ length: searchBounds.alternatives }, (__, at) => ({
        words: at % 16 === 7 ? [`p${clause}`, `q${at}`] : [at === 40 ? 'word' : `w${clause}x${at}`],
        prefix: at % 3 === 0,
        weight: 1,
      })),
    }))
    const keys = Array.from({ length: searchBounds.filterKeys }, (_, at) =>
      at === 9 ? 'skill' : `key ${at}`,
    )
    const sight = [{ namespaces: [...Array.from({ length: 70_000 }, (_, at) => `n${at}`), 'acme'] }]
    const answer = await asked(engine, {
      clauses,
      without: clauses.slice(0, 2).map(({ alternatives }) => ({
        alternatives: alternatives.filter(({ words: [one] }) => one !== 'word'),
      })),
      filter: { facets: [{ facet: 'kind', keys }], ranges: [] },
      sight,
      facets: ['kind'],
    })
    assert.equal(answer.total, 3)
    const fields = await asked(engine, {
      clauses: clauses.map((clause) => ({ ...clause, fields: ['name', 'title'] as const })),
    })
    assert.equal(fields.total, 3)
  })

  test('answers that something on the way has changed are never more than an error', async () => {
    const chance = chanceOf(7)
    const direct = await open()
    await build(
      direct,
      Array.from({ length: 40 }, (_, at) => randomDocument(chance, `id ${at}`, 1)),
      'one',
    )
    await using front = await startElasticFront(server.url)
    front.means = async (_, behind) => {
      const answer = await behind()
      return { ...answer, body: spoil(answer.body, chance) }
    }
    const engine = await open({ node: front.url })
    const runs = [
      () => engine.query(randomQuery(chance), patient()),
      () => engine.complete({ text: 'p', sight: [{}], limit: 9 }, patient()),
      () => engine.similar({ words: [{ word: 'parsr', edits: 2 }], sight: [{}] }, patient()),
      () => engine.list(undefined, 50),
      () => engine.mark(),
      () => engine.apply([{ do: 'remove', id: 'none', version: 1 }], 'one', 'one'),
      async () => await build(engine, [randomDocument(chance, 'id 1', 1)], 'one'),
    ]
    let failed = 0
    for (let n = 0; n < 210; n++)
      try {
        await runs[n % runs.length]?.()
      } catch (error) {
        assert.ok(error instanceof SearchError, String(error))
        failed++
      }
    assert.ok(failed > 20, String(failed))
  })
})

/** Cuts a text short, or takes a part out of it, or puts another value in its place; leaves some as they are. */
function spoil(text: string, chance: (below: number) => number): string {
  if (text === '') return text
  const at = chance(text.length)
  switch (chance(6)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + chance(20))
    case 2:
      return text.replaceAll(/"(hits|responses|items|buckets|options|stored|_source|sort)":/g, (name) =>
        chance(3) === 0 ? '"gone":' : name,
      )
    case 3:
      return text.replaceAll(/:(\d+|\{\}|\[\])/g, (value) => (chance(4) === 0 ? ':"x"' : value))
    case 4:
      return text.replaceAll(/:"[^"]*"/g, (value) => (chance(4) === 0 ? ':null' : value))
    default:
      return text
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const late = performance.now() + 20_000
  while (!(await isSo())) assert.ok(performance.now() < late, 'it was not so in time')
}
