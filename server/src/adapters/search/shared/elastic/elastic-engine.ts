import {
  alteredVersion,
  type CompletionQuery,
  type CountChange,
  type EngineAnswer,
  type EngineQuery,
  type HavingQuery,
  type IndexChange,
  type Mark,
  type Rebuilding,
  type SearchEngine,
  type SimilarQuery,
  type SimilarWord,
  searchBounds,
} from '../../../../ports/search/search.ts'
import { askQuery } from './ask-query.ts'
import { cutTerm } from './bounded-term.ts'
import { BulkWriter } from './bulk-writer.ts'
import { beginningQuery, clauseQuery } from './clause-query.ts'
import { Conversation } from './conversation.ts'
import { countedDocuments } from './counted-documents.ts'
import { documentsQuery, sightQuery } from './filter-queries.ts'
import { Generations } from './generations.ts'
import { beginRebuilding } from './index-rebuilding.ts'
import { findMark, moveMark, writtenBy } from './kept-state.ts'
import type { ElasticSettings } from './options.ts'
import { allOf } from './queries.ts'
import { countBody } from './search-body.ts'
import { Searches } from './searches.ts'
import { similarWords } from './similar-words.ts'
import type { ElasticTransport } from './transport.ts'

/** Documents that are listed by one question. */
const listedAtOnce = 1_000

/** An index in a cluster that speaks as OpenSearch and Elasticsearch do. Nothing is asked before somebody asks for it. */
export function elasticEngine(transport: ElasticTransport, settings: ElasticSettings): SearchEngine {
  return new ElasticEngine(new Conversation(transport, settings.retries), settings)
}

class ElasticEngine implements SearchEngine {
  readonly can = { shared: true, durable: true }
  readonly #conversation: Conversation
  readonly #settings: ElasticSettings
  readonly #searches: Searches
  readonly #writer: BulkWriter
  readonly #generations: Generations

  constructor(conversation: Conversation, settings: ElasticSettings) {
    this.#conversation = conversation
    this.#settings = settings
    this.#searches = new Searches(conversation, settings.index, settings.timeoutMs)
    this.#writer = new BulkWriter(conversation, settings)
    this.#generations = new Generations(conversation, settings)
  }

  async mark(): Promise<Mark | undefined> {
    return (await findMark(this.#conversation, this.#settings))?.mark
  }

  /** The documents first, each only where it is newer; then the mark, only where it is still the same. */
  async apply(changes: readonly IndexChange[], from: Mark, to: Mark): Promise<'applied' | 'moved'> {
    const place = await findMark(this.#conversation, this.#settings)
    if (place === undefined || place.mark !== from) return 'moved'
    const wholes = changes.filter((change) => change.do !== 'count')
    if (!(await this.#writer.write(writtenBy(place.index), wholes, true))) return 'moved'
    const counts = changes.filter((change) => change.do === 'count')
    if (!(await this.#count(place.index, counts))) return 'moved'
    const { writeTimeoutMs: timeoutMs } = this.#settings
    return (await moveMark(this.#conversation, place, { to, timeoutMs })) ? 'applied' : 'moved'
  }

  async rebuild(): Promise<Rebuilding> {
    return await beginRebuilding({
      conversation: this.#conversation,
      generations: this.#generations,
      writer: this.#writer,
      settings: this.#settings,
    })
  }

  async query(query: EngineQuery, signal: AbortSignal): Promise<EngineAnswer> {
    const { shards } = this.#settings
    const answer = await askQuery(this.#searches, query, { shards, signal })
    return answer ?? emptyAnswer(query)
  }

  async having({ clauses, sight }: HavingQuery, signal: AbortSignal): Promise<readonly number[]> {
    if (clauses.length === 0) return []
    const most = searchBounds.havingCounted
    const seen = [documentsQuery, sightQuery(sight)]
    const bodies = clauses.map((clause) => countBody(allOf([...seen, clauseQuery(clause)]), most))
    const found = await this.#searches.all(bodies, signal)
    return clauses.map((_, at) => (found === undefined ? 0 : this.#searches.read.totalUpTo(found[at], most)))
  }

  async complete({ text, sight, limit }: CompletionQuery, signal: AbortSignal): Promise<readonly string[]> {
    const { read } = this.#searches
    const body = await this.#searches.one(
      {
        query: allOf([documentsQuery, sightQuery(sight), beginningQuery('beginnings', text)]),
        size: Math.min(limit, searchBounds.hits),
        track_total_hits: false,
        _source: ['stored.id'],
        sort: [{ weight: 'desc' }, { id: 'asc' }],
      },
      signal,
    )
    return body === undefined ? [] : read.hits(body).map((hit) => read.text(hit, '_source', 'stored', 'id'))
  }

  async similar(query: SimilarQuery, signal: AbortSignal): Promise<readonly (readonly SimilarWord[])[]> {
    return (await similarWords(this.#searches, query, signal)) ?? query.words.map(() => [])
  }

  async list(after: string | undefined, limit: number): Promise<readonly { id: string; version: number }[]> {
    const listed: { id: string; version: number }[] = []
    while (listed.length < limit) {
      const atOnce = Math.min(listedAtOnce, limit - listed.length)
      const found = await this.#listSome(listed.at(-1)?.id ?? after, atOnce)
      listed.push(...found)
      if (found.length < atOnce) break
    }
    return listed
  }

  async close(): Promise<void> {
    await this.#conversation.close()
  }

  /** @returns whether the index is there */
  async #count(index: string, counts: readonly CountChange[]): Promise<boolean> {
    const { writeTimeoutMs: timeoutMs } = this.#settings
    const documents = await countedDocuments(this.#conversation, index, { counts, timeoutMs })
    if (documents === undefined) return false
    const changes = documents.map((document) => ({ do: 'put', document }) as const)
    return await this.#writer.write(writtenBy(index), changes, true)
  }

  async #listSome(
    after: string | undefined,
    size: number,
  ): Promise<readonly { id: string; version: number }[]> {
    const { read } = this.#searches
    const body = await this.#searches.one(
      {
        query: documentsQuery,
        size,
        track_total_hits: false,
        version: true,
        _source: ['stored.id', 'stored.version'],
        sort: [{ id: 'asc' }],
        ...(after !== undefined && { search_after: [cutTerm(after)] }),
      },
      undefined,
    )
    if (body === undefined) return []
    return read.hits(body).map((hit) => {
      const version = read.number(hit, '_source', 'stored', 'version')
      // Whoever writes without a version of their own moves the one under which it is kept.
      const isAsWritten = read.number(hit, '_version') === version
      return {
        id: read.text(hit, '_source', 'stored', 'id'),
        version: isAsWritten ? version : alteredVersion,
      }
    })
  }
}

/** Of an index that is not there. */
function emptyAnswer({ facets }: EngineQuery): EngineAnswer {
  return {
    hits: [],
    total: 0,
    facets: Object.fromEntries(facets.map((facet) => [facet, []])),
    documents: 0,
  }
}
