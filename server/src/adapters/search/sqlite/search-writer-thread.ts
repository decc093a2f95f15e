import { workerData } from 'node:worker_threads'
import type { IndexChange } from '../../../ports/search/search.ts'
import { answerCalls } from './answer-calls.ts'
import { searchErrorOf } from './connection.ts'
import { IndexWriter } from './index-writer.ts'
import { SearchFolder } from './search-folder.ts'
import type { WriterCalls } from './thread-calls.ts'

const { folder: path, cacheKib } = workerData as { folder: string; cacheKib: number }
const folder = new SearchFolder(path)
let file = folder.current()
let writer = opened()

answerCalls<WriterCalls>(
  {
    open: () => {
      folder.tidy([])
      return file
    },
    mark: () => checked(() => writer?.mark()),
    apply: ({ changes, from, to }) =>
      checked(() =>
        writer?.apply(
          changes.flatMap((one) => JSON.parse(one) as IndexChange[]),
          from,
          to,
        ),
      ) ?? 'moved',
    adopt: (built) => {
      const adopted = new IndexWriter(built, { cacheKib })
      try {
        folder.point(built)
      } catch (error) {
        adopted.close()
        throw error
      }
      writer?.close()
      writer = adopted
      file = built
      return null
    },
    tidy: ({ building }) => {
      folder.tidy(building)
      return null
    },
    distrust: (damagedFile) => {
      if (damagedFile === file) distrust()
      return null
    },
  },
  () => writer?.close(),
)

/** An index that cannot be used is none: it will be built anew. One that cannot be reached now is another matter. */
function opened(): IndexWriter | undefined {
  if (file === undefined) return undefined
  try {
    return new IndexWriter(file, { cacheKib })
  } catch (error) {
    if (searchErrorOf(error).kind !== 'foreign') throw error
    distrust()
    return undefined
  }
}

function distrust(): void {
  folder.forget()
  writer?.close()
  writer = undefined
  file = undefined
}

function checked<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const known = searchErrorOf(error)
    if (known.kind === 'foreign') distrust()
    throw known
  }
}
