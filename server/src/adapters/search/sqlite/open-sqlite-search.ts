import type { SearchEngine } from '../../../ports/search/search.ts'
import { defaultBounds, type SqliteSearchOptions } from './search-bounds.ts'
import { SqliteSearch } from './sqlite-search.ts'

/** An index in files of its own, and threads that write it and answer from it. It is opened by who asks first. */
export function openSqliteSearch(options: SqliteSearchOptions): SearchEngine {
  return new SqliteSearch({ ...defaultBounds, ...options })
}
