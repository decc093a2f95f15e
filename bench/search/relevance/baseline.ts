import { DatabaseSync } from 'node:sqlite'
import { type Corpus, passes } from './corpus.ts'
import type { Contender, Ranker } from './ranker.ts'

/** What every engine must reach: FTS5 as it comes, BM25 over unweighted columns, any word of the query enough. */
export const fts5: Contender = {
  name: 'FTS5, plain',
  fill(corpus) {
    const database = new DatabaseSync(':memory:')
    return {
      rank: rankerOf(database, corpus),
      async [Symbol.asyncDispose]() {
        database.close()
      },
    }
  },
}

function rankerOf(database: DatabaseSync, { documents }: Corpus): Ranker {
  database.exec(
    "CREATE VIRTUAL TABLE documents USING fts5 (name, description, topics, tokenize = 'unicode61')",
  )
  const insert = database.prepare(
    'INSERT INTO documents (rowid, name, description, topics) VALUES (?, ?, ?, ?)',
  )
  database.exec('BEGIN')
  for (const [at, { name, description, topics }] of documents.entries())
    insert.run(at, name, description, topics.join(' '))
  database.exec('COMMIT')
  const find = database.prepare('SELECT rowid FROM documents WHERE documents MATCH ? ORDER BY rank, rowid')
  return ({ text, filters = {} }, limit) => {
    const match = matchOf(text)
    if (match === '') return []
    const names: string[] = []
    for (const { rowid } of find.iterate(match)) {
      const document = documents[Number(rowid)]
      if (document !== undefined && passes(document, filters)) names.push(document.name)
      if (names.length === limit) break
    }
    return names
  }
}

/** Each word as a string of FTS5, so that none of them is one of its operators. */
function matchOf(text: string): string {
  const words = text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  return words.map((word) => `"${word}"`).join(' OR ')
}
