import { SearchError } from '../../../ports/search/errors.ts'
import type { Mark } from '../../../ports/search/search.ts'
import { indexFormat, isGeneration, type StateDocument, stateIn } from './index-collections.ts'
import type { Asking } from './search-connection.ts'

/** Which generation of the collections is the index, and how far it is. */
export interface Pointer {
  readonly generation: string
  readonly mark: Mark
  /** Grows by each change. */
  readonly changes: number
}

/** Undefined where nothing was ever built. Throws SearchError `foreign` where the index is of another format, or the pointer is spoilt. */
export async function readPointer({ db, options }: Asking): Promise<Pointer | undefined> {
  const found = await stateIn(db).findOne({ _id: 'index' }, options())
  return found === null ? undefined : pointerOf(found)
}

function pointerOf({
  format,
  generation,
  mark,
  changes,
}: Readonly<Record<keyof StateDocument, unknown>>): Pointer {
  if (format !== indexFormat)
    throw new SearchError(
      'foreign',
      `the index is of format ${format}, not ${indexFormat}: it is to be built anew`,
    )
  if (!isGeneration(generation) || typeof mark !== 'string' || typeof changes !== 'number')
    throw new SearchError(
      'foreign',
      'what says which index is asked is spoilt: the index is to be built anew',
    )
  return { generation, mark, changes }
}

/** So often the index may become another one while one question is asked. */
const mostTurns = 5

/**
 * Asks the index, and asks again where another one has taken its place meanwhile: its collections are dropped after that, and
 * what is not there any more looks empty. Undefined where nothing was ever built.
 */
export async function askIndex<T>(
  asking: Asking,
  question: (pointer: Pointer) => Promise<T>,
): Promise<T | undefined> {
  for (let turn = 0; turn < mostTurns; turn++) {
    const pointer = await readPointer(asking)
    if (pointer === undefined) return undefined
    const [answer] = await Promise.allSettled([question(pointer)])
    asking.options().signal.throwIfAborted()
    const now = await readPointer(asking)
    if (now?.generation !== pointer.generation) continue
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  }
  throw new SearchError('unavailable', 'the index is built anew again and again: ask later')
}
