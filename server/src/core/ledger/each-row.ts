import type { Cursor, Stored } from '../../ports/store/store.ts'
import type { Row, Table, Value } from '../../ports/store/table.ts'
import type { Core } from './core.ts'

const rowsPerPage = 1000

/** The rows of a table, or of an equality prefix of one of its indexes, in that order. Pages, so not one state of them. */
export async function* eachRow<R extends Row>(
  store: Pick<Core['store'], 'find'>,
  table: Table<R>,
  {
    index = 'key',
    eq,
    back = false,
  }: { readonly index?: string; readonly eq?: readonly Value[]; readonly back?: boolean } = {},
): AsyncGenerator<Stored<R>, void> {
  let after: Cursor | undefined
  do {
    const query = { index, back, limit: rowsPerPage, ...(eq && { eq }), ...(after && { after }) }
    const page = await store.find(table, query)
    yield* page.rows
    after = page.next
  } while (after !== undefined)
}
