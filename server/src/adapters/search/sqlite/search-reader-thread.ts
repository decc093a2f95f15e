import { setImmediate } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import { SearchError } from '../../../ports/search/errors.ts'
import { answerCalls, type IsGivenUp } from './answer-calls.ts'
import { QueryAnswering } from './answer-query.ts'
import { ClauseMatcher, type Rest } from './clause-matcher.ts'
import { Completing } from './completing.ts'
import { LoadedIndex } from './loaded-index.ts'
import { packAnswer } from './packed-answer.ts'
import type { ReaderData } from './reader-threads.ts'
import { SimilarWords } from './similar-words.ts'
import { TextOrder } from './text-order.ts'
import type { ReaderCalls } from './thread-calls.ts'
import { WordCounts } from './word-counts.ts'
import { WordRows } from './word-rows.ts'

const data = workerData as ReaderData

let isEnded = false
/** Begun at once. Who asks before it is done waits, and is told where it fails. */
const loading = load()
loading.catch(() => undefined)

async function load() {
  const index = new LoadedIndex(data.file, data)
  await index.load(() => isEnded)
  const { db, columns } = index
  const order = new TextOrder(db)
  const matcher = new ClauseMatcher(new WordRows(index, data), new WordCounts(db), columns)
  const words = new SimilarWords(index, matcher)
  words.follow()
  return {
    index,
    matcher,
    words,
    queries: new QueryAnswering(db, columns, { matcher, order }),
    completing: new Completing(index, order, data.fewRows),
    ids: db.prepare('SELECT id, version FROM docs WHERE packed IS NOT NULL ORDER BY id LIMIT ?'),
    idsAfter: db.prepare(
      'SELECT id, version FROM docs WHERE id > ? AND packed IS NOT NULL ORDER BY id LIMIT ?',
    ),
  }
}

/** Whoever asks meanwhile is answered in between. What fails here is told to who asks. */
async function warm(): Promise<void> {
  const { index, matcher } = await loading
  for (const clause of matcher.commonest()) {
    await setImmediate()
    if (isEnded) return
    index.atOneState(() => matcher.rowsOf(clause))
  }
}
warm().catch(() => undefined)

answerCalls<ReaderCalls>(
  {
    ready: async () => {
      await loading
      return null
    },
    query: async (query, isGivenUp) => {
      const { index, queries } = await loading
      return packAnswer(index.atOneState(() => queries.answer(query, restOf(isGivenUp))))
    },
    having: async (query, isGivenUp) => {
      const { index, queries } = await loading
      return index.atOneState(() => queries.having(query, restOf(isGivenUp)))
    },
    complete: async (query) => {
      const { index, completing } = await loading
      return index.atOneState(() => completing.complete(query))
    },
    similar: async (query, isGivenUp) => {
      const { index, words } = await loading
      return index.atOneState(() => words.near(query, restOf(isGivenUp)))
    },
    list: async ({ after, limit }) => {
      const { ids, idsAfter } = await loading
      const rows = after === undefined ? ids.all(limit) : idsAfter.all(after, limit)
      return rows.map(({ id, version }) => ({ id: String(id), version: Number(version) }))
    },
  },
  async () => {
    isEnded = true
    const loaded = await loading.catch(() => undefined)
    loaded?.index.db.close()
  },
)

function restOf(isGivenUp: IsGivenUp): Rest {
  return () => {
    if (isGivenUp()) throw new SearchError('timeout', 'nobody waits for it any more')
  }
}
