import { workerData } from 'node:worker_threads'
import type { SearchDocument } from '../../../ports/search/search.ts'
import { answerCalls } from './answer-calls.ts'
import { type BuildOptions, IndexBuilder } from './index-builder.ts'
import type { BuilderCalls } from './thread-calls.ts'

let builder: IndexBuilder | undefined

/** Begun by the first call, so that who asks is told why it cannot be. */
function begun(): IndexBuilder {
  builder ??= new IndexBuilder(workerData as BuildOptions)
  return builder
}

answerCalls<BuilderCalls>(
  {
    add: (slices) => {
      for (const slice of slices) begun().add(JSON.parse(slice) as SearchDocument[])
      return null
    },
    seal: (mark) => {
      begun().seal(mark)
      return null
    },
  },
  () => builder?.close(),
)
