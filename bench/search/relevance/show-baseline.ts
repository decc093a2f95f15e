import { fts5 } from './baseline.ts'
import { digestOf } from './corpus.ts'
import { mean } from './measure.ts'
import { kinds, readJudgedZero, readQueries } from './queries.ts'
import { readCorpus } from './read-corpus.ts'
import { type QueryScore, scoreQueries } from './score-queries.ts'

// Tells how the baseline does: whether the set, the corpus and the measures still fit together is seen at once.
const corpus = await readCorpus()
const missing = corpus.missing.join(' ') || 'none'
console.log(`${corpus.documents.length} documents, ${digestOf(corpus)}; missing: ${missing}`)
await using filled = await fts5.fill(corpus)
const scores = await scoreQueries(filled.rank, readQueries(), readJudgedZero())
console.log(['kind', 'half', 'queries', 'nDCG@10', 'recall@50', 'no answer', 'unjudged'].join('\t'))
for (const kind of [...kinds, undefined]) {
  for (const half of ['tuning', 'kept', undefined]) {
    const some = scores.filter(
      ({ query }) => (kind ?? query.kind) === query.kind && (half ?? query.half) === query.half,
    )
    console.log([kind ?? 'all', half ?? 'both', ...figuresOf(some)].join('\t'))
  }
}

function figuresOf(scores: readonly QueryScore[]): readonly (number | string)[] {
  return [
    scores.length,
    mean(scores.map(({ ndcg }) => ndcg)).toFixed(3),
    mean(scores.map(({ recall }) => recall)).toFixed(3),
    scores.filter(({ answer }) => answer.length === 0).length,
    scores.reduce((sum, { unjudged }) => sum + unjudged.length, 0),
  ]
}
