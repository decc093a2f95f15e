import { DatabaseSync } from 'node:sqlite'
import { Timings } from '../../library/operations/timings.ts'
import { residentMb } from '../../process/resident-mb.ts'
import { mixedRequests, pageSize, warmingRequests } from '../asking/mixed-requests.ts'
import { GrownCorpus } from '../corpus/grown-corpus.ts'
import { lenientMiniSearch } from '../peers/minisearch.ts'
import { orama } from '../peers/orama.ts'
import { plainTable } from '../peers/plain-fts5.ts'
import type { Document } from '../relevance/corpus.ts'
import type { FilledRanker } from '../relevance/ranker.ts'
import { readCorpus } from '../relevance/read-corpus.ts'
import type { Measurement, PeerName, Task } from '../task.ts'

/** Filled in this process, then asked for the texts alone. */
export async function measurePeer(task: Extract<Task, { do: 'peer' }>): Promise<Measurement> {
  const grown = new GrownCorpus((await readCorpus()).documents)
  const documents = Array.from({ length: task.artifacts }, (_, at) => grown.documentAt(at))
  await using filled = await fill(task.peer, documents)
  const ask = async (text: string): Promise<void> => void (await filled.rank({ text }, pageSize))
  for (const { request } of warmingRequests(task.asked, false)) await ask(request.text ?? '')
  const timings = new Timings()
  for (const { request } of mixedRequests(task.asked, false)) {
    const begun = performance.now()
    await ask(request.text ?? '')
    timings.add(performance.now() - begun)
  }
  return { p95: timings.p95, median: timings.median, memory: await residentMb(process.pid) }
}

async function fill(peer: PeerName, documents: readonly Document[]): Promise<FilledRanker> {
  const corpus = { documents, missing: [] }
  switch (peer) {
    case 'MiniSearch':
      return await lenientMiniSearch.fill(corpus)
    case 'Orama':
      return await orama.fill(corpus)
    case 'plain FTS5':
      return inMemory(documents)
  }
}

function inMemory(documents: readonly Document[]): FilledRanker {
  const database = new DatabaseSync(':memory:')
  const table = plainTable(database)
  database.exec('BEGIN')
  for (const document of documents) table.add(document)
  database.exec('COMMIT')
  return {
    rank: ({ text }, limit) => table.find(text, limit),
    async [Symbol.asyncDispose]() {
      database.close()
    },
  }
}
