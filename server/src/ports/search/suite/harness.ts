import { type SearchFacet, searchFacets, searchFields, wholeSight } from '../../../domain/search.ts'
import type { ContractCase } from '../../contract.ts'
import type { EngineAnswer, EngineQuery, Mark, SearchDocument, SearchEngine } from '../search.ts'

export interface SearchFixture extends AsyncDisposable {
  /** Opened, and never built. */
  readonly engine: SearchEngine
  /** Closes it, and opens one on the same data. Only called where it is durable. */
  reopen(): Promise<SearchEngine>
  /** Another one on the same data, as another process would have it. Only called where it is shared. Disposed with the fixture. */
  other(): Promise<SearchEngine>
}

/** What an engine brings so that the suite can be run against it. */
export interface SearchHarness {
  readonly can: SearchEngine['can']
  start(): Promise<SearchFixture>
}

/** What a case works with: an engine, and its index. */
export interface SearchCaseContext extends Pick<SearchFixture, 'engine' | 'reopen' | 'other'> {
  /** The index is these documents, whatever it was. */
  built(documents: readonly SearchDocument[]): Promise<void>
  /** Asks the engine. What is not given is as wide as can be. */
  ask(query?: Partial<EngineQuery>): Promise<EngineAnswer>
  /** The ids that are found, in their order. */
  found(query?: Partial<EngineQuery>): Promise<readonly string[]>
}

/** A case before it knows its harness. */
export interface SearchCase {
  readonly name: string
  readonly needs?: keyof SearchEngine['can']
  check(context: SearchCaseContext): Promise<void>
}

/** What an index stands at that a case has built. */
export const firstMark: Mark = 'mark 1'
/** What one question may take. */
export const answersWithinMs = 20_000

export function bindSearchCase(harness: SearchHarness, { name, check }: SearchCase): ContractCase {
  return {
    name,
    run: async () => {
      await using fixture = await harness.start()
      const { engine } = fixture
      await check({
        engine,
        reopen: () => fixture.reopen(),
        other: () => fixture.other(),
        built: (documents) => build(engine, documents),
        ask: (query) => asked(engine, query),
        found: async (query) => (await asked(engine, query)).hits.map(({ id }) => id),
      })
    },
  }
}

export async function build(
  engine: SearchEngine,
  documents: readonly SearchDocument[],
  mark: Mark = firstMark,
): Promise<void> {
  await using rebuilding = await engine.rebuild()
  for (let at = 0; at < documents.length; at += 500) await rebuilding.add(documents.slice(at, at + 500))
  await rebuilding.finish(mark)
}

export async function asked(engine: SearchEngine, query: Partial<EngineQuery> = {}): Promise<EngineAnswer> {
  return await engine.query({ ...everything, ...withAll(query) }, AbortSignal.timeout(answersWithinMs))
}

/** All of the clauses where nothing is said. */
function withAll(query: Partial<EngineQuery>): Partial<EngineQuery> {
  return { atLeast: query.clauses?.length ?? 0, ...query }
}

const everything: EngineQuery = {
  clauses: [],
  atLeast: 0,
  without: [],
  filter: { facets: [], ranges: [] },
  sight: wholeSight,
  names: [],
  sort: 'relevance',
  back: false,
  limit: 100,
  facets: [],
}

/** What a case says of a document; the rest is empty, public and old. */
export type Said = Partial<Omit<SearchDocument, 'words' | 'facets' | 'numbers'>> & {
  readonly words?: Partial<SearchDocument['words']>
  readonly facets?: Partial<SearchDocument['facets']>
  readonly numbers?: Partial<SearchDocument['numbers']>
}

export function documentOf(id: string, { words, facets, numbers, ...rest }: Said = {}): SearchDocument {
  return {
    id,
    words: {
      ...(Object.fromEntries(searchFields.map((field) => [field, ''])) as SearchDocument['words']),
      ...words,
    },
    names: [],
    beginnings: [],
    nameKey: id,
    facets: {
      ...(Object.fromEntries(searchFacets.map((facet) => [facet, []])) as unknown as Record<
        SearchFacet,
        string[]
      >),
      kind: ['skill'],
      namespace: ['acme'],
      ...facets,
    },
    visibility: 'public',
    owner: 'ada',
    home: { kind: (facets?.kind ?? ['skill'])[0] ?? '', name: id },
    numbers: { downloads: 0, stars: 0, createdAt: 1_000, updatedAt: 1_000, ...numbers },
    deprecated: false,
    platform: '',
    weight: 0,
    version: 1,
    ...rest,
  }
}

/** A clause of one word. */
export const word = (text: string, prefix = false): EngineQuery['clauses'][number] => ({
  alternatives: [{ words: [text], prefix, weight: 1 }],
})

/** A clause of words that follow each other. */
export const phrase = (text: string, prefix = false): EngineQuery['clauses'][number] => ({
  alternatives: [{ words: text.split(' '), prefix, weight: 1 }],
})
