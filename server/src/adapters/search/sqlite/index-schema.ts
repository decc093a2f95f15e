import { endianness } from 'node:os'

/** An index of another format is built anew. Numbers of postings are kept in the order of bytes of the machine. */
export const indexFormat: string = `1 ${endianness()}`

/** Documents are numbered in rows; postings of 4096 neighbours are kept together, so that a change rewrites little. */
export const chunkBits = 12
export const chunkRows: number = 1 << chunkBits

/**
 * `docs`: what every question looks at is in `packed`, NULL where the document was removed; `seq` tells readers what has
 * changed. `postings`: where a word stands, in the rows of one chunk; by chunk first, so that an index is built from its
 * beginning to its end. `words`: how many documents have it; `n` is larger than 0 for those that came after the index was built.
 */
export const tables = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE docs (row INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL,
    name_key TEXT NOT NULL, packed BLOB);
  CREATE TABLE texts (row INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
    topics TEXT NOT NULL, said TEXT NOT NULL, source TEXT NOT NULL);
  CREATE TABLE names (name TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (name, row)) WITHOUT ROWID;
  CREATE TABLE beginnings (text TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (text, row)) WITHOUT ROWID;
  CREATE TABLE labels (column INTEGER NOT NULL, n INTEGER NOT NULL, label TEXT NOT NULL,
    PRIMARY KEY (column, n)) WITHOUT ROWID;
  CREATE UNIQUE INDEX labels_by_label ON labels (column, label);
  CREATE TABLE words (word TEXT PRIMARY KEY, docs INTEGER NOT NULL, n INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE postings (chunk INTEGER NOT NULL, word TEXT NOT NULL, hits BLOB NOT NULL, places BLOB NOT NULL,
    PRIMARY KEY (chunk, word)) WITHOUT ROWID;`

/** Fills the tables of what documents are called, in their order, from what is kept beside the texts. */
export const whatIsSaid = `
  INSERT OR IGNORE INTO names (name, row)
    SELECT said.value, texts.row FROM texts, json_each(texts.said, '$[0]') AS said ORDER BY said.value, texts.row;
  INSERT OR IGNORE INTO beginnings (text, row)
    SELECT said.value, texts.row FROM texts, json_each(texts.said, '$[1]') AS said ORDER BY said.value, texts.row;`

/** Made when all documents are there: that is sorted once. */
export const indexes = `
  CREATE UNIQUE INDEX docs_by_id ON docs (id);
  CREATE INDEX docs_by_name ON docs (name_key, id);
  CREATE INDEX docs_by_seq ON docs (seq) WHERE seq > 0;
  CREATE INDEX words_by_n ON words (n) WHERE n > 0;`

/** What `meta` has. */
export type MetaKey = 'format' | 'mark' | 'seq'

/**
 * The least text that comes after all that begin with this one, in the order of UTF-8 bytes. Undefined: there is none.
 */
export function afterAllWith(beginning: string): string | undefined {
  const points = [...beginning].map((letter) => letter.codePointAt(0) ?? 0)
  for (let last = points.pop(); last !== undefined; last = points.pop())
    if (last < 0x10ffff) {
      const next = last === 0xd7ff ? 0xe000 : last + 1
      return String.fromCodePoint(...points, next)
    }
  return undefined
}
