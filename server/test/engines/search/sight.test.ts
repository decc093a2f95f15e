import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import type { CreateArtifact } from '../../../src/core/authoring/create-artifact.ts'
import type { Artifact } from '../../../src/domain/artifact.ts'
import { parseNamespace } from '../../../src/domain/repository-name.ts'
import { type Sight, searchFacets } from '../../../src/domain/search.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import { callerOf } from '../../core/kit.ts'
import { ask } from '../../kit/http-client.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../../kit/searched-registry.ts'
import { type SpoiltEngine, spoiltEngine } from '../../kit/spoilt-engine.ts'
import { type OpenIndexes, searchedEngines } from './searched-engines.ts'

/** Wes may change whatever there is. */
const users = { ada: 'owns', eve: 'looks', wes: 'writes' }
const ada = 'ada:owns'
const wes = 'wes:writes'
const others = [undefined, 'eve:looks']

/** What stands in what nobody but Ada and Wes may see, and in nothing else. */
const secret = {
  name: 'Quixotic launcher',
  description: 'A tool on the side that launches the zeppelin of project moonbeam',
  author: 'Hidden Author',
  organization: 'Hidden Org',
  license: 'Hidden-License',
  language: 'Hiddenlang',
  category: 'hidden-category',
  topics: ['zeppelins'],
  skills: [{ name: 'Hiding' }],
  capabilities: ['hide'],
  platformVersion: '>=77.0.0',
}
const secretSource = 'sourcesecret of the zeppelin'
const told =
  /zeppelin|moonbeam|quixotic|hidden.?(?:author|org|license|lang|category)|hiding|"hide"|sourcesecret/i

/** Whatever may tell of it: exactly, mistyped, begun, excluded, by terms, among others, and nothing at all. */
const questions = [
  ...['zeppelin', 'zepelin', 'zep*', '"project moonbeam"', 'quixotic-launcher', 'acme/quixotic-launcher'],
  ...['quixotc lancher', 'zeppelin tool', 'zepelin toool', 'tool -zeppelin', 'name:quixotic', 'sourcesecret'],
  ...['license:Hidden-License', 'author:"Hidden Author"', 'topic:zeppelins tool', 'downloads:0', 'tool', ''],
  // Some of it is found: which word says more is told by what one sees.
  ...['third zeppelin tool', 'other launches', 'plain third launches nowhere'],
]

const hiddenWays: Readonly<Record<string, Partial<CreateArtifact>>> = {
  private: { visibility: 'private' },
  unlisted: { visibility: 'unlisted' },
  'a draft': { published: false },
}

for (const { name, skip, start } of searchedEngines)
  describe(`what one may not see, searched by ${name}`, { skip }, () => {
    let indexes: OpenIndexes
    let main: SpoiltEngine
    let world: SearchedRegistry
    before(async () => {
      indexes = await start()
    })
    after(async () => {
      await indexes?.[Symbol.asyncDispose]()
    })

    /** A registry with three artifacts that everybody sees. Nothing follows but what a test brings to its index. */
    async function open(hasFallback: boolean): Promise<AsyncDisposable> {
      const engine = await indexes.open()
      main = spoiltEngine(engine)
      const fallback = { name: 'own', engine: openMemorySearch() }
      world = await startSearchedRegistry(
        { users, access: { read: 'anyone', write: ['wes'] } },
        { main: { name, engine: main.engine }, timeout: 20_000, ...(hasFallback && { fallback }) },
      )
      for (const slug of ['plain-tool', 'other-tool', 'third-tool'])
        await world.create({
          slug,
          owner: 'eve',
          metadata: { name: slug, description: 'A tool on the side' },
        })
      return {
        [Symbol.asyncDispose]: async () => {
          await world[Symbol.asyncDispose]()
          await engine.close()
        },
      }
    }

    const createSecret = async (given: Partial<CreateArtifact> = {}): Promise<Artifact> =>
      await world.create({ slug: 'quixotic-launcher', metadata: secret, source: secretSource, ...given })
    const artifacts = () => world.registry.composed.registry.artifacts
    const hide = async (id: string): Promise<unknown> =>
      await artifacts().update(callerOf(), { id, visibility: 'private' })

    async function get(path: string, auth?: string): Promise<string> {
      const answer = await ask(world.url, { path, ...(auth !== undefined && { auth }) })
      assert.ok(answer.status < 300, `${path}: ${answer.status} ${answer.text()}`)
      return answer.text()
    }

    const paths = [
      ...questions.flatMap((question) => {
        const q = encodeURIComponent(question)
        return [
          `/api/v1/search?q=${q}&facets=all&explain=true&boosts=false`,
          `/api/v1/search?q=${q}&asTyped=true&sort=name&limit=1`,
          `/api/v1/search?q=${q}&sort=created&page=2&pageSize=1`,
          `/api/v1/search?q=${q}&limit=0&facets=all&sort=name`,
          `/?q=${q}`,
        ]
      }),
      ...['q', 'quix', 'launch', 'acme/q', 'zep'].map((q) => `/api/v1/suggest?q=${encodeURIComponent(q)}`),
      ...searchFacets.map((facet) => `/api/v1/search?facets=${facet}&limit=0`),
    ]

    /** All that the doors say to somebody, as it is but for what every answer has of its own. */
    async function toldTo(auth: string | undefined): Promise<ReadonlyMap<string, string>> {
      const answers = new Map<string, string>()
      for (const path of paths) {
        const text = await get(path, auth)
        answers.set(path, text.replaceAll(/"requestId":"[^"]*"/g, ''))
      }
      return answers
    }

    /** Without what was asked for, which is said again. */
    function assertNothingTold(answers: ReadonlyMap<string, string>): void {
      for (const [path, text] of answers) {
        const said = text.replaceAll(
          /<title>.*<\/title>|<h1>.*<\/h1>|(href|value)="[^"]*"|"text":"[^"]*"|<p class="[^"]*">No [^<]*<\/p>/g,
          '',
        )
        assert.doesNotMatch(said, told, path)
        for (const [, next = ''] of text.matchAll(/"next":"([^"]*)"/g))
          assert.doesNotMatch(Buffer.from(next, 'base64url').toString(), told, path)
      }
    }

    describe('with an index that follows', () => {
      let opened: AsyncDisposable
      before(async () => {
        opened = await open(false)
      })
      after(async () => {
        await opened?.[Symbol.asyncDispose]()
      })

      it('is in no answer of any door: they are as if it were not there', async () => {
        const before = await Promise.all(others.map(toldTo))
        for (const [what, given] of Object.entries(hiddenWays)) {
          const { id } = await createSecret(given)
          for (const [at, answers] of (await Promise.all(others.map(toldTo))).entries())
            for (const [path, text] of answers) assert.equal(text, before[at]?.get(path), `${what}: ${path}`)
          for (const who of [ada, wes]) {
            const own = JSON.parse(await get('/api/v1/search?q=zeppelin&facets=all', who))
            assert.deepEqual([own.total, own.facets.topic], [1, [{ value: 'zeppelins', count: 1 }]], what)
            assert.match(await get('/api/v1/suggest?q=quix', who), /Quixotic launcher/, what)
          }
          await artifacts().delete(callerOf(), id)
          await artifacts().purge(callerOf(), id)
          await world.indexed()
        }
      })

      it('is in no page that a cursor of its owner leads to', async () => {
        const { id } = await createSecret({ visibility: 'private' })
        for (const query of ['q=tool&limit=1', 'q=tool&limit=1&sort=name', 'limit=1&sort=updated']) {
          let after = ''
          const seen: string[] = []
          for (let page = 0; page < 4; page++) {
            const path = `/api/v1/search?${query}${after && `&after=${after}`}`
            const own = JSON.parse(await get(path, ada))
            seen.push(...own.hits.map((hit: { artifact: { slug: string } }) => hit.artifact.slug))
            if (after !== '') for (const auth of others) assert.doesNotMatch(await get(path, auth), told)
            after = own.next ?? ''
          }
          assert.equal(seen.includes('quixotic-launcher'), true, query)
        }
        await artifacts().delete(callerOf(), id)
        await artifacts().purge(callerOf(), id)
        await world.indexed()
      })
    })

    describe('that everybody saw a moment ago', () => {
      let opened: AsyncDisposable
      beforeEach(async () => {
        opened = await open(true)
      })

      it('is in no answer while the index has not come to it', async () => {
        await using _ = opened
        const before = await Promise.all(others.map(toldTo))
        for (const way of ['hidden', 'deleted'] as const) {
          const { id } = await createSecret()
          assert.match(await get('/api/v1/search?q=zeppelin'), told)
          if (way === 'hidden') await hide(id)
          else await artifacts().delete(callerOf(), id)
          // The first question brings the index there: each is asked before any other was.
          const { id: asked } = await createSecret({ slug: 'quixotic-other' })
          for (const path of [
            '/api/v1/search?limit=0&facets=topic',
            '/api/v1/search?q=tool&sort=name&limit=1',
          ]) {
            await hide(asked)
            assert.doesNotMatch(await get(path), told, `${way}: ${path}`)
            await artifacts().update(callerOf(), { id: asked, visibility: 'public' })
            await world.indexed()
          }
          for (const one of [id, asked])
            await artifacts()
              .purge(callerOf(), one)
              .catch(async () => {
                await artifacts().delete(callerOf(), one)
                await artifacts().purge(callerOf(), one)
              })
          for (const [at, answers] of (await Promise.all(others.map(toldTo))).entries())
            for (const [path, text] of answers) assert.equal(text, before[at]?.get(path), `${way}: ${path}`)
        }
      })

      it('is in no answer while the index can take no changes: the other engine says so', async () => {
        await using _ = opened
        const { id } = await createSecret()
        main.faults = {
          apply: async () => {
            throw new SearchError('refused', 'it takes no changes')
          },
        }
        await hide(id)
        for (const auth of others) assertNothingTold(await toldTo(auth))
        assert.match(await get('/api/v1/search?q=tool'), /"total":3,.*"degraded":true,"engine":"own"/)
        main.faults = {}
      })

      it('is in no answer of the other engine while this one is down, nor on the page between two', async () => {
        await using _ = opened
        const [first, second] = [
          await createSecret({ slug: 'a-quixotic' }),
          await createSecret({ slug: 'zz-quixotic' }),
        ]
        const names = '/api/v1/search?q=tool&sort=name&limit=2'
        const { next } = JSON.parse(await get(names))
        main.faults = {
          query: async () => {
            throw new SearchError('unavailable', 'it is down')
          },
        }
        for (const { id } of [first, second]) await hide(id)
        assert.doesNotMatch(await get(`${names}&after=${next}`), told)
        for (const auth of others) assertNothingTold(await toldTo(auth))
        const own = JSON.parse(await get('/api/v1/search?q=zeppelin', ada))
        assert.deepEqual([own.total, own.degraded], [2, true])
        main.faults = {}
      })
    })
  })

describe('what one may not see, in the lists that no index makes', () => {
  it('is not among what is trending, or related', async () => {
    await using registry = await startSearchedRegistry()
    const { artifacts } = registry.registry.composed.registry
    const metadata = { name: 'A tool', topics: ['shared'], author: 'Ada' }
    const { id } = await registry.create({ slug: 'seen', metadata })
    const other = await registry.create({ slug: 'also-seen', metadata })
    // Whoever embeds a registry seldom publishes: there a draft is seen as what it says of itself.
    for (const visibility of ['private', 'unlisted'] as const) {
      const { id: hidden } = await registry.create({ slug: `unseen-${visibility}`, metadata, visibility })
      await artifacts.star(callerOf(), hidden, 'bo')
    }
    await artifacts.star(callerOf(), other.id, 'bo')
    const slugs = (found: readonly Artifact[]): readonly string[] => found.map(({ slug }) => slug)
    assert.deepEqual(slugs(await artifacts.trending(10)), ['also-seen'])
    assert.deepEqual(slugs(await artifacts.related(id, 10)), ['also-seen'])
  })

  it('is not among them either where it is the namespace, the kind or the name that is out of sight', async () => {
    await using registry = await startSearchedRegistry()
    const { artifacts } = registry.registry.composed.registry
    const metadata = { name: 'A tool', topics: ['shared'] }
    const [first, ...others] = await Promise.all(
      ['acme', 'acme', 'open', 'open'].map(async (namespace, at) => {
        const made = await registry.create({
          slug: `tool-${at}`,
          namespace: parseNamespace(namespace),
          metadata,
        })
        for (const by of ['ada', 'bo', 'eve', 'wes'].slice(at)) await artifacts.star(callerOf(), made.id, by)
        return made
      }),
    )
    assert.ok(first)
    const shown = async (sight: Sight, limit = 10): Promise<unknown> => {
      const [trending, related] = await Promise.all([
        artifacts.trending(limit, sight),
        artifacts.related(first.id, limit, [...sight, { names: [[first.slug]] }]),
      ])
      const slugs = (found: readonly Artifact[]): readonly string[] => found.map(({ slug }) => slug).sort()
      return [slugs(trending), slugs(related)]
    }
    const rest = others.map(({ slug }) => slug)
    assert.deepEqual(await shown([{}]), [['tool-0', ...rest], rest])
    assert.deepEqual(await shown([{ exceptNamespaces: ['acme'] }], 2), [
      ['tool-2', 'tool-3'],
      ['tool-2', 'tool-3'],
    ])
    assert.deepEqual(await shown([{ names: [['*-3', '*-1']] }]), [
      ['tool-1', 'tool-3'],
      ['tool-1', 'tool-3'],
    ])
    assert.deepEqual(await shown([{ kinds: ['image'] }]), [[], []])
    await assert.rejects(artifacts.related(first.id, 10, [{ namespaces: ['open'] }]), {
      code: 'artifact-unknown',
    })
  })
})
