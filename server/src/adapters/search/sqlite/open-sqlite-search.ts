import type { SearchEngine } from '../../../ports/search/search.ts'
import { defaultBounds, type SqliteSearchOptions } from './search-bounds.ts'
import { SqliteSearch } from './sqlite-search.ts'

/** An index in files of its own, and threads that write it and answer from it. Throws SearchError. */
export async function openSqliteSearch(options: SqliteSearchOptions): Promise<SearchEngine> {
  return await SqliteSearch.open({ ...defaultBounds, ...options })
}
