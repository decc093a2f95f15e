import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { openOpenSearch } from '../../../src/adapters/search/opensearch/open-opensearch.ts'
import {
  type EngineAnswer,
  type EngineQuery,
  type IndexChange,
  type SearchEngine,
  searchBounds,
} from '../../../src/ports/search/search.ts'
import { build } from '../../../src/ports/search/suite/harness.ts'
import {
  type OpenSearchServer,
  openSearchSkip,
  startOpenSearchServer,
} from '../../kit/servers/opensearch-server.ts'
import { freshIndex } from './elastic-harness.ts'
import { type Chance, chanceOf, randomDocument, randomQuery } from './random-index.ts'

const documents = 300
const rounds = 6
const queriesOfRound = 60
const patient = (): AbortSignal => AbortSignal.timeout(60_000)

describe('search on OpenSearch finds what memory finds', { skip: openSearchSkip }, () => {
  let server: OpenSearchServer
  let engines: readonly [SearchEngine, SearchEngine]
  before(async () => {
    server = await startOpenSearchServer()
    const engine = await openOpenSearch({ node: server.url, index: freshIndex(), timeoutMs: 60_000 })
    engines = [openMemorySearch(), engine]
  })
  after(async () => {
    for (const engine of engines ?? []) await engine.close()
    await server?.[Symbol.asyncDispose]()
  })

  for (const seed of [1, 20_260_101])
    test(`for queries and changes of any kind, seed ${seed}`, async () => {
      const chance = chanceOf(seed)
      const first = Array.from({ length: documents }, (_, at) => randomDocument(chance, `id ${at}`, 1))
      for (const engine of engines) await build(engine, first, 'mark 0')
      for (let round = 0; round < rounds; round++) {
        for (let n = 0; n < queriesOfRound; n++) await compare(engines, randomQuery(chance))
        await compareWords(engines)
        const changes = randomChanges(chance, round + 1)
        for (const engine of engines)
          assert.equal(await engine.apply(changes, `mark ${round}`, `mark ${round + 1}`), 'applied')
        const lists = await Promise.all(engines.map((engine) => engine.list('id 2', 500)))
        assert.deepEqual(lists[1], lists[0])
      }
    })
})

function randomChanges(chance: Chance, round: number): readonly IndexChange[] {
  const ids = new Set(Array.from({ length: 40 }, () => `id ${chance(documents + 30)}`))
  return [...ids].map((id): IndexChange => {
    // Some come late.
    const version = round + chance(2)
    if (chance(4) === 0) return { do: 'remove', id, version }
    const document = randomDocument(chance, id, version)
    const { numbers, weight } = document
    return chance(3) === 0
      ? { do: 'count', id, version: chance(round + 2), numbers, weight }
      : { do: 'put', document }
  })
}

async function compare(
  [memory, engine]: readonly [SearchEngine, SearchEngine],
  query: EngineQuery,
): Promise<void> {
  const [wanted, found] = await Promise.all([memory.query(query, patient()), engine.query(query, patient())])
  const told = JSON.stringify(query)
  assert.deepEqual(comparable(found, query), comparable(wanted, query), told)
}

/** By relevance the order is an estimate, but for who has the name. How often words occur is rough. */
function comparable({ hits, total, facets, documents: all }: EngineAnswer, { sort }: EngineQuery): object {
  const counted = { total, all, facets, count: hits.length }
  if (sort !== 'relevance') return { ...counted, hits }
  const withWords = hits.filter(({ words }) => words !== undefined).length
  if (hits.length < total) return { ...counted, withWords }
  const named = hits.map(({ isNamed }) => isNamed)
  const isScored = total <= searchBounds.scored
  const found = hits.map(({ id, words }) => ({ id, ...(isScored && { words }) })).sort(byId)
  return { ...counted, withWords, named, found }
}

const byId = (one: { readonly id: string }, other: { readonly id: string }): number =>
  one.id < other.id ? -1 : 1

async function compareWords(engines: readonly SearchEngine[]): Promise<void> {
  const words = ['pars', 'texte', 'leftpat', 'поисик', '検索索', 'zzzz'].flatMap((word) =>
    ([1, 2] as const).map((edits) => ({ word, edits })),
  )
  for (const sight of [[{}], [{ owners: ['bo'] }], []]) {
    const near = engines.map((engine) => engine.similar({ words, sight }, patient()))
    const [wanted, found] = await Promise.all(near)
    assert.deepEqual(found, wanted)
  }
  for (const text of ['p', 'parse', 'текст', 'l', 'utf8 ', '検'])
    for (const sight of [[{}], [{ owners: ['bo'] }], []]) {
      const [own, other] = await Promise.all(
        engines.map((engine) => engine.complete({ text, sight, limit: 20 }, patient())),
      )
      assert.deepEqual(other, own, text)
    }
}
