import type { DatabaseSync } from 'node:sqlite'
import { wordsOf } from '../relevance/baseline.ts'
import type { Document } from '../relevance/corpus.ts'

export interface PlainTable {
  add(document: Document): void
  /** Names of the best by BM25. */
  find(text: string, limit: number): readonly string[]
}

/** FTS5 as it comes, in a database that is empty or has such a table. @param all every word is wanted; else any is enough */
export function plainTable(database: DatabaseSync, all: boolean = false): PlainTable {
  database.exec('CREATE VIRTUAL TABLE IF NOT EXISTS documents USING fts5 (name, description, topics)')
  const insert = database.prepare('INSERT INTO documents (name, description, topics) VALUES (?, ?, ?)')
  const find = database.prepare('SELECT name FROM documents WHERE documents MATCH ? ORDER BY rank LIMIT ?')
  return {
    add: ({ name, description, topics }) => void insert.run(name, description, topics.join(' ')),
    find(text, limit) {
      const words = wordsOf(text).map((word) => `"${word}"`)
      if (words.length === 0) return []
      return find.all(words.join(all ? ' AND ' : ' OR '), limit).map(({ name }) => String(name))
    },
  }
}
