import { overriding } from '../../domain/overriding.ts'
import { SearchError } from '../../ports/search/errors.ts'
import type { Mark, SearchEngine } from '../../ports/search/search.ts'

const separator = ' '

/** A log, and whose it is. Neither has a blank. */
export interface OwnLog {
  readonly registry: string
  readonly era: string
}

/**
 * The engine, whose index counts only where it has followed this log: positions in another one say nothing of this one, and
 * neither do its artifacts. An index of an earlier log of this registry is to be built; one of another registry, which others
 * may follow, is left to that one.
 */
export function withOwnMarks(engine: SearchEngine, log: () => Promise<OwnLog>): SearchEngine {
  let known: Promise<OwnLog> | undefined
  const own = async (): Promise<OwnLog> => {
    known ??= log().catch((error: unknown) => {
      known = undefined
      throw error
    })
    return await known
  }
  const written = async (mark: Mark): Promise<Mark> => {
    const { registry, era } = await own()
    return [registry, era, mark].join(separator)
  }
  return overriding(engine, {
    mark: async () => {
      const [mark, start] = [await engine.mark(), await written('')]
      if (mark === undefined || mark.startsWith(start)) return mark?.slice(start.length)
      const [registry, ...rest] = mark.split(separator)
      if (engine.can.shared && rest.length > 1 && registry !== (await own()).registry) throw anothers()
      return undefined
    },
    apply: async (changes, from, to) => await engine.apply(changes, await written(from), await written(to)),
    rebuild: async () => {
      const rebuilding = await engine.rebuild()
      return overriding(rebuilding, { finish: async (mark) => await rebuilding.finish(await written(mark)) })
    },
  })
}

function anothers(): SearchError {
  return new SearchError(
    'refused',
    'its index is another registry’s: name one of its own by search.index, or take this one over by `lading reindex`',
  )
}
