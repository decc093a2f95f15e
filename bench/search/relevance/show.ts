import { openMemorySearch } from '../../../server/src/adapters/search/memory/open-memory-search.ts'
import { fts5 } from './baseline.ts'
import { mean } from './measure.ts'
import { kinds, readJudgedZero, readQueries } from './queries.ts'
import { readCorpus } from './read-corpus.ts'
import { registryContender } from './registry-contender.ts'
import { scoreQueries } from './score-queries.ts'

const half = process.argv[2] ?? 'tuning'
const corpus = await readCorpus()
for (const contender of [fts5, registryContender('memory', async () => openMemorySearch())]) {
  await using filled = await contender.fill(corpus)
  const t = performance.now()
  const scores = (await scoreQueries(filled.rank, readQueries(), readJudgedZero())).filter(
    ({ query }) => query.half === half,
  )
  const ms = performance.now() - t
  for (const kind of [...kinds, undefined]) {
    const some = scores.filter(({ query }) => kind === undefined || query.kind === kind)
    console.log(
      [
        contender.name,
        kind ?? 'all',
        some.length,
        mean(some.map((s) => s.ndcg)).toFixed(3),
        mean(some.map((s) => s.recall)).toFixed(3),
        some.filter((s) => s.found === 0).length,
        some.reduce((n, s) => n + s.unjudged.length, 0),
      ].join('\t'),
    )
  }
  console.log(ms)
  if (process.argv[3])
    for (const s of scores)
      console.log(contender.name, s.query.kind, s.query.text, s.ndcg.toFixed(2), s.recall.toFixed(2))
}
