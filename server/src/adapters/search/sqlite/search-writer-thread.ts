import { workerData } from 'node:worker_threads'
import type { IndexChange } from '../../../ports/search/search.ts'
import { answerCalls } from './answer-calls.ts'
import { searchErrorOf } from './connection.ts'
import { IndexWriter } from './index-writer.ts'
import { SearchFolder } from './search-folder.ts'
import type { WriterCalls } from './thread-calls.ts'

const { folder: path, cacheKib } = workerData as { folder: string; cacheKib: number }

/** What is there, as far as it could be opened. */
interface Opened {
  readonly folder: SearchFolder
  /** None: there is no index that can be used. */
  index: { readonly file: string; readonly writer: IndexWriter } | undefined
}
let opened: Opened | undefined

answerCalls<WriterCalls>(
  {
    open: () => {
      const { folder, index } = current()
      folder.tidy([])
      return index?.file
    },
    mark: () => checked(() => current().index?.writer.mark()),
    apply: ({ changes, from, to }) =>
      checked(() => {
        const { index } = current()
        if (index === undefined) return 'moved'
        return index.writer.apply(
          changes.flatMap((one) => JSON.parse(one) as IndexChange[]),
          from,
          to,
        )
      }),
    adopt: (file) => {
      const now = current()
      const writer = new IndexWriter(file, { cacheKib })
      try {
        now.folder.point(file)
      } catch (error) {
        writer.close()
        throw error
      }
      now.index?.writer.close()
      now.index = { file, writer }
      return null
    },
    tidy: ({ building }) => {
      current().folder.tidy(building)
      return null
    },
    distrust: (file) => {
      if (current().index?.file === file) distrust(current())
      return null
    },
  },
  () => opened?.index?.writer.close(),
)

/** An index that cannot be used is none: it will be built anew. One that cannot be reached now is tried again. */
function current(): Opened {
  if (opened !== undefined) return opened
  const fresh: Opened = { folder: new SearchFolder(path), index: undefined }
  const file = fresh.folder.current()
  try {
    if (file !== undefined) fresh.index = { file, writer: new IndexWriter(file, { cacheKib }) }
  } catch (error) {
    if (searchErrorOf(error).kind !== 'foreign') throw error
    distrust(fresh)
  }
  opened = fresh
  return fresh
}

function distrust(one: Opened): void {
  one.folder.forget()
  one.index?.writer.close()
  one.index = undefined
}

function checked<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const known = searchErrorOf(error)
    if (known.kind === 'foreign' && opened !== undefined) distrust(opened)
    throw known
  }
}
