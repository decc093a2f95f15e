import assert from 'node:assert/strict'
import { openMemorySearch } from '../../src/adapters/search/memory/open-memory-search.ts'
import { compareText } from '../../src/domain/compare-text.ts'
import {
  type EngineHit,
  type EngineQuery,
  type IndexChange,
  type SearchDocument,
  type SearchEngine,
  searchBounds,
} from '../../src/ports/search/search.ts'
import { asked, build } from '../../src/ports/search/suite/harness.ts'
import { RandomSearch } from './random-search.ts'

export interface ComparisonSize {
  readonly documents: number
  /** After each building and each round of changes. */
  readonly queries: number
  readonly rounds: number
}

/**
 * An engine has to say the same as the one in memory: of documents, questions and changes by chance. What fails names the
 * seed, by which it is the same again.
 */
export async function compareWithMemory(
  engine: SearchEngine,
  seed: number,
  { documents, queries, rounds }: ComparisonSize,
): Promise<void> {
  const random = new RandomSearch(seed)
  const memory = openMemorySearch()
  const ids = Array.from({ length: documents }, (_, at) => `d${at} ${random.word()}`)
  const first = ids.map((id) => random.document(id, 1))
  let mark = 'first'
  for (const one of [memory, engine]) await build(one, first, mark)
  for (let round = 0; round <= rounds; round++) {
    const told = `seed ${seed}, round ${round}`
    for (let at = 0; at < queries; at++) await compareQuery(memory, engine, random.query(), told)
    await compareWords({ memory, engine, random }, queries, told)
    assert.deepEqual(await engine.list(undefined, documents * 2), await memory.list(undefined, documents * 2))
    const known = new Map((await memory.list(undefined, documents * 2)).map((one) => [one.id, one.version]))
    const changes = changesOf(random, ids, { version: round + 2, known })
    const next = `${mark} ${round}`
    for (const one of [memory, engine]) assert.equal(await one.apply(changes, mark, next), 'applied', told)
    mark = next
  }
  await memory.close()
}

function changesOf(
  random: RandomSearch,
  ids: readonly string[],
  { version, known }: { readonly version: number; readonly known: ReadonlyMap<string, number> },
): readonly IndexChange[] {
  const changed = ids.filter(() => random.chance(20))
  return changed.map((id): IndexChange => {
    if (random.chance(30)) return { do: 'remove', id, version }
    const document: SearchDocument = random.document(id, version)
    if (random.chance(60)) return { do: 'put', document }
    const { numbers, weight } = document
    return { do: 'count', id, numbers, weight, version: random.chance(80) ? (known.get(id) ?? 1) : version }
  })
}

async function compareQuery(
  memory: SearchEngine,
  engine: SearchEngine,
  query: EngineQuery,
  round: string,
): Promise<void> {
  const told = `${round}: ${JSON.stringify(query)}`
  const [expected, found] = [await asked(memory, query), await asked(engine, query)]
  assert.equal(found.total, expected.total, told)
  assert.equal(found.documents, expected.documents, told)
  assert.deepEqual(found.facets, expected.facets, told)
  assert.equal(found.hits.length, expected.hits.length, told)
  if (query.sort === 'relevance') return await compareBest({ memory, query, told }, expected.hits, found.hits)
  assert.deepEqual(found.hits, expected.hits, told)
  const last = found.hits.at(-1)
  if (last === undefined) return
  const after = { ...query, after: { value: last.value, id: last.id } }
  const [nextExpected, next] = [await asked(memory, after), await asked(engine, after)]
  assert.deepEqual(next.hits, nextExpected.hits, told)
  assert.equal(next.total, expected.total, told)
}

/** Which come first is an estimate; that they match, that named ones come first and that all are told that there are is not. */
async function compareBest(
  {
    memory,
    query,
    told,
  }: { readonly memory: SearchEngine; readonly query: EngineQuery; readonly told: string },
  expected: readonly EngineHit[],
  found: readonly EngineHit[],
): Promise<void> {
  const all = await asked(memory, { ...query, limit: searchBounds.hits })
  const matching = new Map(all.hits.map((hit) => [hit.id, hit]))
  assert.equal(new Set(found.map(({ id }) => id)).size, found.length, told)
  const named = (hits: readonly EngineHit[]): readonly boolean[] => hits.map(({ isNamed }) => isNamed)
  assert.deepEqual(named(found), named(expected), told)
  for (const [at, hit] of found.entries()) {
    const same = matching.get(hit.id)
    assert.ok(same !== undefined || all.total > searchBounds.hits, told)
    if (same === undefined) continue
    assert.equal(hit.isNamed, same.isNamed, told)
    assert.equal(hit.words === undefined, at >= searchBounds.scored, told)
    if (hit.words !== undefined && same.words !== undefined) assert.deepEqual(hit.words, same.words, told)
  }
  if (all.total > found.length) return
  const sorted = (hits: readonly EngineHit[]): readonly string[] => hits.map(({ id }) => id).sort(compareText)
  assert.deepEqual(sorted(found), sorted(expected), told)
}

async function compareWords(
  {
    memory,
    engine,
    random,
  }: { readonly memory: SearchEngine; readonly engine: SearchEngine; readonly random: RandomSearch },
  times: number,
  round: string,
): Promise<void> {
  for (let at = 0; at < times; at++) {
    const signal = AbortSignal.timeout(20_000)
    const words = random.several(3, () => ({ word: random.word(), edits: random.among([1, 2] as const) }))
    const near = { words, sight: random.sight() }
    assert.deepEqual(
      await engine.similar(near, signal),
      await memory.similar(near, signal),
      `${round}: ${JSON.stringify(near)}`,
    )
    const completion = {
      text: [...`${random.word()} ${random.word()}`].slice(0, 1 + random.number(6)).join(''),
      sight: random.sight(),
      limit: random.among([1, 5, 50]),
    }
    assert.deepEqual(
      await engine.complete(completion, signal),
      await memory.complete(completion, signal),
      `${round}: ${JSON.stringify(completion)}`,
    )
  }
}
