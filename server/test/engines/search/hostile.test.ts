import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { isRegistryError } from '../../../src/domain/error.ts'
import { type Sight, searchFacets, searchSorts } from '../../../src/domain/search.ts'
import { RegistryManager } from '../../../src/library/index.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { unwrap } from '../../../src/library/result.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { anyCharacter } from '../../kit/any-character.ts'
import { type Answer, ask } from '../../kit/http-client.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../../kit/searched-registry.ts'
import { spoiltEngine } from '../../kit/spoilt-engine.ts'
import { usual } from '../../library/manager/world.ts'
import { type OpenIndexes, searchedEngines } from './searched-engines.ts'

/** `search.timeout` of these registries: an engine that takes longer is not the one that answers. */
const timeout = 4_000
/** What an answer may take: the engine, and a machine that others keep busy. */
const soonMs = timeout + 2_000

const { LADING_SEARCH_FUZZ_RUNS, LADING_FUZZ_SEED } = process.env
/** Each is a few questions to a real server. */
const runs = Number(LADING_SEARCH_FUZZ_RUNS ?? 60)
const seed = Number(LADING_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))

const longWord = 'abcdefghij'.repeat(1_000)

/** What means something to one engine or another, and is text here. */
const texts = [
  '"a" NEAR b',
  'NEAR("left pad" tool, 5)',
  'name:*',
  'a* OR -',
  '-a* OR -b*',
  '{name title}: left',
  '^left',
  'left + pad',
  'left NOT pad AND (tool',
  '/re(gex)+/',
  '/(a+)+$/',
  '/.*.*.*.*.*=.*/',
  `(${'a*'.repeat(60)})*b`,
  'left~',
  'left~2 pad~0.8',
  'left^5',
  '~',
  '^',
  '~^',
  '"',
  '"""',
  '"left',
  'left"pad"tool"',
  '\\',
  '\\\\"',
  'left\\ pad',
  '*',
  '?',
  '*left',
  'l?ft',
  'l*t',
  '****',
  'a* b* c* d* e* f* g* h*',
  '[a TO z]',
  '{a TO z}',
  '_exists_:name',
  '_id:1',
  '_source:*',
  "' OR 1=1 --",
  "'); DROP TABLE lading_search_docs_1; --",
  '$1 $2 %s %% _',
  ':* & !a | b <-> c',
  "a:* & 'b'",
  '{"query":{"match_all":{}}}',
  '\n{"index":{}}\n',
  'left\u0001pad\u0007\u001b[31m',
  '\u202eleft\u202c \u2066pad\u2069',
  '\ufeffleft\u200b\u200dpad',
  '\ud800',
  'left\udc00pad',
  'İıſﬀ ǅ ﷺ',
  'a\u0300\u0301\u0302\u0303\u0304\u0305'.repeat(40),
  '👩‍👩‍👧‍👦'.repeat(20),
  // Eighteen letters each, when they are folded, and three.
  'ﷺ'.repeat(100),
  `${'ﬃ'.repeat(99)}*`,
  'ＬＥＦＴ　ＰＡＤ',
  '0gap0 gap0',
  '__proto__ constructor',
  `-${Array.from({ length: 31 }, (_, n) => `w${n}`).join(' -')}`,
  Array.from({ length: 32 }, () => 'left').join(' '),
  Array.from({ length: 16 }, () => 'lef*').join(' '),
  `"${'left pad '.repeat(100)}"`,
  longWord.slice(0, 1_000),
  `${longWord.slice(0, 998)}*`,
  `"${longWord.slice(0, 400)} ${longWord.slice(0, 400)}"`,
  `-${longWord.slice(0, 900)}`,
]

/** What is refused by the name of its parameter, with what to do. */
const refused: readonly (readonly [query: string, parameter: string, reason: RegExp])[] = [
  [`q=${'left+'.repeat(2_000)}`, 'q', /10000 characters, and 1000 are the most/],
  [`q=${longWord}`, 'q', /10000 characters, and 1000 are the most/],
  [`q=${Array.from({ length: 1_000 }, (_, n) => `-w${n}`).join('%20')}`, 'q', /are the most/],
  [`q=${Array.from({ length: 300 }, () => '-w').join('%20')}`, 'q', /300 words, and 32 are the most/],
  [`q=${Array.from({ length: 240 }, () => 'a+b').join('%20')}`, 'q', /240 words, and 32 are the most/],
  ['q=downloads:NaN', 'q', /an example: downloads:>=100/],
  ['q=downloads:-1', 'q', /an example/],
  ['q=stars:1e9', 'q', /an example/],
  ['q=downloads:99999999999999999999', 'q', /an example/],
  ['q=created:0000-00-00', 'q', /an example/],
  ['q=platform:%22%3E%3E1%22', 'platform', /semver range/],
  ['minDownloads=NaN', 'minDownloads', /whole number/],
  ['minStars=-1', 'minStars', /whole number/],
  ['minDownloads=1e300', 'minDownloads', /whole number/],
  ['page=100000&pageSize=100', 'page', /go on by after/],
  ['page=-1', 'page', /whole number/],
  ['limit=Infinity', 'limit', /whole number/],
  ['q=%00', 'q', /NUL/],
  ['after=%00', 'after', /NUL/],
  ['after=bnVsbA', 'after', /not what an earlier page gave/],
  [
    searchFacets
      .filter((facet) => facet !== 'kind')
      .slice(0, 5)
      .flatMap((facet) => Array.from({ length: 60 }, (_, n) => `${facet}=${n}`))
      .join('&'),
    'filter',
    /300 values are asked for, and 256 are the most/,
  ],
]

for (const { name, skip, start } of searchedEngines)
  describe(`hostile questions, searched by ${name}`, { skip }, () => {
    let indexes: OpenIndexes
    let inner: SearchEngine
    let world: SearchedRegistry
    /** What the engine itself has refused. */
    let failed: unknown[]
    before(async () => {
      indexes = await start()
      inner = await indexes.open()
      const watched = spoiltEngine(inner)
      failed = []
      const noting =
        <Given extends unknown[], T>(call: (...given: Given) => Promise<T>) =>
        async (...given: Given): Promise<T> => {
          try {
            return await call(...given)
          } catch (error) {
            failed.push(error)
            throw error
          }
        }
      watched.faults = {
        query: noting((query, signal) => inner.query(query, signal)),
        complete: noting((query, signal) => inner.complete(query, signal)),
        similar: noting((query, signal) => inner.similar(query, signal)),
      }
      world = await startSearchedRegistry({}, { main: { name, engine: watched.engine }, timeout })
      for (const slug of ['left-pad', 'right-pad', 'tool'])
        await world.create({
          slug,
          metadata: { name: slug, description: 'C++ and a OR b (c)', topics: ['Pads'] },
          source: 'left left left pad',
        })
    })
    after(async () => {
      await world?.[Symbol.asyncDispose]()
      await inner?.close()
      await indexes?.[Symbol.asyncDispose]()
    })

    /** An answer, or a refusal in the API's own form; in time, and of no fault of the registry or its engine. */
    async function told(path: string): Promise<Answer> {
      const begun = performance.now()
      const answer = await ask(world.url, { path })
      const took = performance.now() - begun
      const shown = `${path.slice(0, 200)}: ${answer.status} ${answer.text().slice(0, 300)}`
      assert.ok(took < soonMs, `${shown} took ${took} ms`)
      assert.ok([200, 400, 431].includes(answer.status), shown)
      if (answer.status === 400) {
        const { code, detail, parameter } = answer.json()
        assert.equal(code, 'parameter-invalid', shown)
        assert.match(detail, new RegExp(`^invalid ${parameter.replaceAll(/[^\w]/g, '.')}: .{10,400}$`), shown)
      }
      assert.deepEqual([failed, world.reported], [[], []], shown)
      return answer
    }

    const pathsOf = (text: string): readonly string[] => {
      const q = encodeURIComponent(text.toWellFormed())
      return [
        `/api/v1/search?q=${q}&facets=all&explain=true`,
        `/api/v1/search?q=${q}&asTyped=true&sort=name&limit=1`,
        `/api/v1/search?topic=${q}&author=${q}&sort=downloads`,
        `/api/v1/suggest?q=${q}`,
      ]
    }

    it('are words, and answered in time', async () => {
      for (const text of texts) for (const path of pathsOf(text)) await told(path)
      for (const [text, total] of [
        ['left* -tool', 1],
        ['/left.*/ AND pad', 1],
        ['"left pad"', 1],
        ['left~2', 1],
        ["left' OR 1=1 --", 1],
      ] as const) {
        const { total: found, relaxed } = (await told(pathsOf(text)[0] ?? '')).json()
        if (relaxed === 'none') assert.ok(found >= total, text)
      }
    })

    it('are refused by name where they are too much, or no question at all', async () => {
      for (const [query, parameter, reason] of refused) {
        const answer = await told(`/api/v1/search?${query}`)
        assert.equal(answer.status, 400, query.slice(0, 80))
        const said = answer.json()
        assert.equal(said.parameter, parameter, query.slice(0, 80))
        assert.match(said.detail, reason, query.slice(0, 80))
      }
      const many = Array.from({ length: 10_000 }, (_, n) => `topic=t${n}`).join('&')
      assert.equal((await told(`/api/v1/search?${many}`)).status, 431)
    })

    it('do not get by with the most of everything at once', async () => {
      const words = Array.from({ length: 32 }, (_, n) => `wordlike${n}`)
      const pairs = [
        words.join(' '),
        words.map((word) => `${word}*`).join(' '),
        words.map((word) => `-${word}`).join(' '),
        words.map((word) => `name:${word}`).join(' '),
        words.map((_, n) => `"a${n} b${n} c${n}"`).join(' '),
        words.map((_, n) => `camelCaseWord${n}`).join(' '),
        'a* b*',
        words.map((_, n) => `ab${n}*`).join(' '),
        'aa* ba* name:ca* a*',
      ]
      const refused = [
        words.map(() => 'a*').join(' '),
        'a* b* c*',
        'aa* ba* name:ca* da* -ea*',
        `"${'a '.repeat(129)}"`,
      ]
      const filters = ['topic', 'skill', 'capability', 'author']
        .flatMap((facet) => Array.from({ length: 64 }, (_, n) => `${facet}=${facet}${n}`))
        .join('&')
      for (const text of pairs)
        for (const more of ['', `&${filters}`, '&sort=name', '&asTyped=true&limit=100'])
          assert.equal(
            (await told(`/api/v1/search?q=${encodeURIComponent(text)}${more}&facets=all`)).status,
            200,
          )
      for (const text of refused) {
        const answer = await told(`/api/v1/search?q=${encodeURIComponent(text)}&facets=all`)
        assert.equal(answer.status, 400, text)
        assert.equal(answer.json().parameter, 'q', text)
      }
    })

    it('with cursors that are cut, changed, of another order, or made up are refused or answered', async () => {
      const sorts = ['relevance', 'downloads', 'stars', 'updated', 'created', 'name']
      for (const sort of sorts) {
        const base = `/api/v1/search?q=pad&limit=1&sort=${sort}`
        const { next } = (await told(base)).json()
        assert.ok(typeof next === 'string', sort)
        for (let end = 0; end < next.length; end += 5)
          assert.equal((await told(`${base}&after=${next.slice(0, end)}`)).status, 400, String(end))
        const members: unknown[] = JSON.parse(Buffer.from(next, 'base64url').toString())
        const wrong: unknown[] = [
          null,
          '',
          'x',
          -1,
          1e15,
          0.5,
          {},
          [],
          true,
          '\0',
          '\ud800',
          longWord,
          '{}',
          '$1',
        ]
        for (let at = 0; at <= members.length; at++)
          for (const one of wrong) {
            const forged = Buffer.from(JSON.stringify(members.with(Math.min(at, members.length - 1), one)))
            await told(`${base}&after=${forged.toString('base64url')}`)
          }
        const infinite = JSON.stringify(members).replace(/(?<=,)\d+/, '1e999')
        await told(`${base}&after=${Buffer.from(infinite).toString('base64url')}`)
        for (const other of sorts.filter((one) => one !== sort))
          assert.equal((await told(`${base.replace(sort, other)}&after=${next}`)).status, 400)
      }
    })

    it(`by chance, ${runs} of them`, async (context) => {
      context.diagnostic(`LADING_FUZZ_SEED=${seed}`)
      const part = fc.oneof(
        fc.constantFrom(...texts.map((text) => text.slice(0, 60))),
        fc.string({ unit: anyCharacter, maxLength: 12 }),
        fc.constantFrom('left', 'pad', 'name:', 'topic:', 'downloads:>', '"', '-', '*', ' ', '..', '索引'),
      )
      const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(' ').slice(0, 900))
      const request = fc.record(
        {
          q: text,
          sort: fc.constantFrom('relevance', 'name', 'downloads', 'updated'),
          limit: fc.constantFrom('0', '1', '100', '-1'),
          topic: text,
          license: text,
          platform: fc.oneof(text, fc.constantFrom('>=1', '1.x || >2 <3', '*', '>=999999999.0.0')),
          facets: fc.constantFrom('all', 'topic', 'topic,author'),
          asTyped: fc.constantFrom('true', 'false'),
          createdFrom: fc.constantFrom('2026-01-01', '0001-01-01', '9999-12-31', text),
          minDownloads: fc.constantFrom('0', '999999999999999'),
        },
        { requiredKeys: ['q'] },
      )
      await fc.assert(
        fc.asyncProperty(request, async (given) => {
          const asked = Object.entries(given).map(
            ([key, value]) => `${key}=${encodeURIComponent(String(value).toWellFormed())}`,
          )
          await told(`/api/v1/search?${asked.join('&')}`)
          await told(`/api/v1/suggest?q=${encodeURIComponent(given.q.toWellFormed())}`)
        }),
        { numRuns: runs, seed },
      )
    })

    it('are refused or answered by the registry itself, which no door stands before', async () => {
      const everything: Sight = [{}]
      const odd = [
        ...texts,
        '\0',
        'a\0b',
        longWord,
        ...[Number.NaN, -1, 1e300, Number.POSITIVE_INFINITY].map((from) => ({ from })),
        ...[Number.NaN, -1, 1.5, 1e300, Number.POSITIVE_INFINITY].map((offset) => ({ offset })),
        ...[Number.NaN, -1, 1.5, 1e300, Number.POSITIVE_INFINITY].map((limit) => ({ limit })),
        { topic: Array.from({ length: 10_000 }, (_, n) => `t${n}`) },
        { topic: ['\0', '\ud800', longWord.repeat(10), ''] },
      ]
      for (const one of odd) {
        const request = {
          limit: 5,
          sort: searchSorts[odd.indexOf(one) % searchSorts.length] ?? 'relevance',
          ...(typeof one === 'string' && { text: one }),
          ...(typeof one === 'object' &&
            'from' in one && { ranges: [{ number: 'downloads' as const, ...one }] }),
          ...(typeof one === 'object' && ('offset' in one || 'limit' in one) && one),
          ...(typeof one === 'object' && 'topic' in one && { facets: one }),
        }
        const begun = performance.now()
        const outcome = await world.searching.search(everything, request).then(
          ({ total }) => total >= 0,
          (error: unknown) => isRegistryError(error, 'parameter-invalid'),
        )
        assert.equal(outcome, true, JSON.stringify(request).slice(0, 200))
        assert.deepEqual(failed, [], JSON.stringify(request).slice(0, 200))
        assert.ok(performance.now() - begun < soonMs, JSON.stringify(request).slice(0, 200))
      }
    })

    it('are refused or answered by the library', async () => {
      const backend = new MemoryBackend({ jobs: false, report: () => {} })
      unwrap(await backend.connect())
      const engine = await indexes.open()
      const registry = new RegistryManager(backend, undefined, engine, { search: { timeout, wait: 30_000 } })
      await registry.create(usual)
      try {
        const given: unknown[] = [
          ...texts.map((query) => ({ query })),
          ...['\0', longWord, 7, null, {}, []].map((query) => ({ query })),
          ...[Number.NaN, -1, 0, 1e300, Number.POSITIVE_INFINITY, '1'].map((limit) => ({ limit })),
          ...[Number.NaN, -1, 1e300].map((minDownloads) => ({ minDownloads })),
          ...[Number.NaN, 0, 1e9].map((page) => ({ page })),
          { createdAfter: new Date(Number.NaN) },
          { createdAfter: new Date(8.64e15), createdBefore: new Date(-8.64e15) },
          { after: longWord },
          { after: '\0' },
          { tags: Array.from({ length: 10_000 }, (_, n) => `t${n}`) },
          { platform: '>'.repeat(200) },
        ]
        for (const one of given) {
          const begun = performance.now()
          const outcome = await registry.searchPage(one as never).then(
            ({ degraded }) => !degraded,
            (error: { code?: unknown }) => error.code === 'VALIDATION' || error,
          )
          assert.equal(outcome, true, JSON.stringify(one).slice(0, 200))
          assert.ok(performance.now() - begun < soonMs, JSON.stringify(one).slice(0, 200))
        }
      } finally {
        unwrap(await backend.disconnect())
        await engine.close()
      }
    })
  })
