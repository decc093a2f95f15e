import { isArtifactId } from '../../domain/artifact-id.ts'
import { SearchError } from '../../ports/search/errors.ts'
import {
  type EngineAnswer,
  type EngineHit,
  type Rebuilding,
  type SearchEngine,
  searchBounds,
} from '../../ports/search/search.ts'

/**
 * An engine of somebody's own, of which nothing is believed that can be looked at: whatever it throws is SearchError, an
 * answer that is none is refused, and once the signal aborts nobody waits for it any more.
 */
export function checkedEngine(engine: SearchEngine, closing: AbortSignal): SearchEngine {
  const call = <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
    called(work, signal === undefined ? closing : AbortSignal.any([closing, signal]))
  return {
    can: engine.can,
    mark: () => call(async () => markIn(await engine.mark())),
    apply: (changes, from, to) =>
      call(async () => ((await engine.apply(changes, from, to)) === 'moved' ? 'moved' : 'applied')),
    rebuild: async () => checkedRebuilding(await call(async () => await engine.rebuild()), call),
    query: (query, signal) => call(async () => answerIn(await engine.query(query, signal)), signal),
    having: (query, signal) =>
      call(async () => countsIn(await engine.having(query, signal), query.clauses.length), signal),
    complete: (query, signal) =>
      call(async () => listIn(await engine.complete(query, signal)).filter(isId), signal),
    similar: (query, signal) =>
      call(async () => listIn(await engine.similar(query, signal)).map((words) => listIn(words)), signal),
    list: (after, limit) => call(async () => listIn(await engine.list(after, limit))),
    close: () => engine.close(),
  }
}

type Call = <T>(work: () => Promise<T>) => Promise<T>

function checkedRebuilding(rebuilding: Rebuilding, call: Call): Rebuilding {
  return {
    add: (documents) => call(async () => await rebuilding.add(documents)),
    finish: (mark) => call(async () => await rebuilding.finish(mark)),
    [Symbol.asyncDispose]: () => call(async () => await rebuilding[Symbol.asyncDispose]()),
  }
}

async function called<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const ended = Promise.withResolvers<never>()
  const end = (): void => ended.reject(signal.reason)
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([ended.promise, work()])
  } catch (cause) {
    if (cause instanceof SearchError) throw cause
    throw new SearchError('unavailable', 'the search engine failed; its error is the cause', { cause })
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function markIn(mark: unknown): string | undefined {
  if (mark === undefined || typeof mark === 'string') return mark
  throw noAnswer('mark')
}

/** Hits that name no artifact, or one that was named before, are left out. */
function answerIn(answer: EngineAnswer): EngineAnswer {
  const { hits, total, facets, documents } = objectIn(answer)
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && Number(count) >= 0
  if (!Array.isArray(hits) || !isCount(total) || !isCount(documents)) throw noAnswer('query')
  if (typeof facets !== 'object' || facets === null) throw noAnswer('query')
  const known = new Set<string>()
  const left = hits.filter((hit: Partial<EngineHit> | null | undefined): hit is EngineHit => {
    const id = hit?.id
    if (!isId(id) || known.has(id)) return false
    known.add(id)
    return true
  })
  return { ...answer, hits: left, total: Math.max(left.length, Number(total)) }
}

const isId = (id: unknown): id is string => typeof id === 'string' && isArtifactId(id)

function objectIn(answer: unknown): Readonly<Record<string, unknown>> {
  if (typeof answer === 'object' && answer !== null) return answer as Readonly<Record<string, unknown>>
  throw noAnswer('query')
}

function listIn<T>(list: readonly T[]): readonly T[] {
  if (Array.isArray(list)) return list
  throw noAnswer('list')
}

function countsIn(counts: readonly unknown[], length: number): readonly number[] {
  if (!Array.isArray(counts) || counts.length !== length) throw noAnswer('having')
  return counts.map((count: unknown) => {
    if (!Number.isSafeInteger(count) || Number(count) < 0) throw noAnswer('having')
    return Math.min(Number(count), searchBounds.havingCounted)
  })
}

function noAnswer(method: string): SearchError {
  return new SearchError('unavailable', `the search engine answered ${method} with what is no answer`)
}
