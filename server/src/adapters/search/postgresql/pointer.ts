import { SearchError } from '../../../ports/search/errors.ts'
import type { Mark } from '../../../ports/search/search.ts'
import { indexFormat, tablesOf } from './index-tables.ts'
import { isMissing } from './search-error-of.ts'
import type { Ask, SqlRow } from './search-pool.ts'

/** Which generation of the tables is the index, and how far it is. */
export interface Pointer {
  readonly generation: number
  readonly mark: Mark
  /** Grows by each change. */
  readonly changes: number
  readonly documents: number
  /** A document has more words than its `lex` holds. */
  readonly hasLong: boolean
}

const pointerSql = 'SELECT format, generation, mark, changes, documents, has_long FROM lading_search_state'

/** Undefined where nothing was ever built. Throws SearchError `foreign` where the index is of another format. */
export async function readPointer(ask: Ask, how: '' | 'FOR UPDATE' = ''): Promise<Pointer | undefined> {
  try {
    return pointerOf(await ask(`${pointerSql} ${how}`))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Whether there are tables of that generation. */
export async function areTablesThere(ask: Ask, { generation }: Pointer): Promise<boolean> {
  const names = Object.values(tablesOf(generation)).map((name) => `to_regclass('${name}') IS NOT NULL`)
  const [[all] = []] = await ask(`SELECT ${names.join(' AND ')}`)
  return all === 't'
}

function pointerOf([row]: readonly SqlRow[]): Pointer | undefined {
  if (row === undefined) return undefined
  if (Number(row[0]) !== indexFormat)
    throw new SearchError(
      'foreign',
      `the index is of format ${row[0]}, not ${indexFormat}: it is to be built anew`,
    )
  const [, generation, mark, changes, documents, hasLong] = row
  return {
    generation: Number(generation),
    mark: String(mark),
    changes: Number(changes),
    documents: Number(documents),
    hasLong: hasLong === 't',
  }
}

/** So often the index may become another one while one question is asked. */
const mostTurns = 5

/** The pointer that was read last: questions go to its tables at once, and are repeated where it has moved meanwhile. */
export class LastPointer {
  #last: Pointer | undefined

  /** Undefined where nothing was ever built. Throws SearchError `foreign` where its tables are gone. */
  async read<T>(
    ask: Ask,
    question: (pointer: Pointer, now: Promise<Pointer | undefined>) => Promise<T>,
  ): Promise<T | undefined> {
    for (let turn = 0; turn < mostTurns; turn++) {
      const pointer = this.#last ?? (await readPointer(ask))
      if (pointer === undefined) return undefined
      // Asked together, and answered in this order: what is there when the pointer is read is there for the question.
      const current = readPointer(ask)
      const [now, answer] = await Promise.allSettled([current, question(pointer, current)])
      if (now.status === 'rejected') throw now.reason
      this.#last = now.value
      const isSame = now.value?.generation === pointer.generation && now.value.hasLong === pointer.hasLong
      if (answer.status === 'fulfilled' && isSame) return answer.value
      if (answer.status === 'rejected' && !isMissing(answer.reason)) throw answer.reason
      if (isSame && answer.status === 'rejected') {
        const there = await areTablesThere(ask, pointer)
        const again = await readPointer(ask)
        if (!there && again?.generation === pointer.generation)
          throw new SearchError('foreign', 'tables of the index are gone: it is to be built anew')
      }
    }
    throw new SearchError('unavailable', 'the index is built anew again and again: ask later')
  }
}
