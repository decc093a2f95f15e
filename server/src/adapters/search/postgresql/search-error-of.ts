import { SearchError, type SearchErrorKind } from '../../../ports/search/errors.ts'
import type { StoreErrorKind } from '../../../ports/store/errors.ts'
import { connectFault, type Reached } from '../../shared/postgresql-connect-fault.ts'
import { sqlState, storeErrorOf } from '../../shared/postgresql-store-error-of.ts'

const timeouts: ReadonlySet<string> = new Set(['57014', '55P03', '25P03', '25P04'])
const noRight = '42501'
const onlyRead = '25006'

/** A table or a column that the index has is not there. */
export const isMissing = (error: unknown): boolean =>
  ['42P01', '42703', '3F000', '42804'].includes(sqlState(error) ?? '')

/** How a failure of a statement is told. */
export function searchErrorOf(error: unknown): SearchError {
  if (error instanceof SearchError) return error
  const state = sqlState(error) ?? ''
  const said = error instanceof Error ? error.message : String(error)
  if (timeouts.has(state) || said === 'Query read timeout')
    return new SearchError('timeout', `PostgreSQL gave no answer in time: ${said}`, { cause: error })
  if (isMissing(error))
    return new SearchError('foreign', `of the index in PostgreSQL something is missing: ${said}`, {
      cause: error,
    })
  if (state === noRight || state === onlyRead)
    return new SearchError('refused', `${rightsWanted} PostgreSQL said: ${said}`, { cause: error })
  const { kind, message } = storeErrorOf(error)
  return new SearchError(kindOf(kind), message, { cause: error })
}

/** How it is told that no connection can be made, or the index not be opened by it. */
export function openingFault(error: unknown, reached: Reached): SearchError {
  if (error instanceof SearchError) return error
  const state = sqlState(error)
  if (state === noRight || state === onlyRead) return searchErrorOf(error)
  const { kind, message, cause } = connectFault(error, reached)
  return new SearchError(kindOf(kind), message, { cause })
}

const rightsWanted =
  'the user of search may not keep an index there: GRANT CREATE, USAGE ON SCHEMA … TO it, have it own the tables lading_search_*, and connect to a primary that may be written to.'

function kindOf(kind: StoreErrorKind): SearchErrorKind {
  switch (kind) {
    case 'transient':
    case 'unknown':
      return 'unavailable'
    default:
      return 'refused'
  }
}
