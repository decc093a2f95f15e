import { DatabaseSync } from 'node:sqlite'
import { type Corpus, passes } from './corpus.ts'
import type { Contender, Ranker } from './ranker.ts'

export interface Fts5Options {
  /** As the `tokenize` of an FTS5 table. */
  readonly tokenizer: string
  /** What is looked for; any of them is enough. */
  terms(text: string): readonly string[]
}

/** What every engine must reach: FTS5 as it comes, BM25 over unweighted columns, any word of the query enough. */
export const fts5: Contender = {
  name: 'FTS5, plain',
  fill(corpus) {
    const database = new DatabaseSync(':memory:')
    return {
      rank: rankerOver(database, corpus, { tokenizer: 'unicode61', terms: wordsOf }),
      async [Symbol.asyncDispose]() {
        database.close()
      },
    }
  },
}

/** Fills an empty database. */
export function rankerOver(
  database: DatabaseSync,
  { documents }: Corpus,
  { tokenizer, terms }: Fts5Options,
): Ranker {
  database.exec(
    `CREATE VIRTUAL TABLE documents USING fts5 (name, description, topics, tokenize = '${tokenizer}')`,
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
    // As a string, so that no term is one of FTS5's operators.
    const match = terms(text)
      .map((term) => `"${term}"`)
      .join(' OR ')
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

/** As unicode61 takes a text apart. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
}
