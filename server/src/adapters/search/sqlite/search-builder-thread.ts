import { workerData } from 'node:worker_threads'
import type { SearchDocument } from '../../../ports/search/search.ts'
import { answerCalls } from './answer-calls.ts'
import { type BuildOptions, IndexBuilder } from './index-builder.ts'
import type { BuilderCalls } from './thread-calls.ts'

const builder = new IndexBuilder(workerData as BuildOptions)

answerCalls<BuilderCalls>(
  {
    add: (slices) => {
      for (const slice of slices) builder.add(JSON.parse(slice) as SearchDocument[])
      return null
    },
    seal: (mark) => {
      builder.seal(mark)
      return null
    },
  },
  () => builder.close(),
)
