import { searchFields } from '../../../domain/search.ts'

/** An index of another format is built anew. */
export const indexFormat: string = '3'

/** Words are taken as they are: what `ascii` takes for a part of one is letters, numbers and whatever is beyond ASCII. */
const words = `fts5(${searchFields.join(', ')}, content = '', contentless_delete = 1, tokenize = 'ascii')`

/**
 * `docs`: what every question looks at is in `packed`, NULL where the document was removed; `seq` tells readers what has
 * changed. `search`: where words stand, by the rows of `docs`. `words`: how many documents have each; `n` is larger than 0
 * for those that came after the index was built.
 */
export const tables: string = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE docs (row INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL,
    name_key TEXT NOT NULL, weight REAL NOT NULL, packed BLOB);
  CREATE TABLE texts (row INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
    topics TEXT NOT NULL, said TEXT NOT NULL, source TEXT NOT NULL);
  CREATE TABLE names (name TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (name, row)) WITHOUT ROWID;
  CREATE TABLE beginnings (text TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (text, row)) WITHOUT ROWID;
  CREATE TABLE labels (column INTEGER NOT NULL, n INTEGER NOT NULL, label TEXT NOT NULL,
    PRIMARY KEY (column, n)) WITHOUT ROWID;
  CREATE UNIQUE INDEX labels_by_label ON labels (column, label);
  CREATE TABLE words (word TEXT PRIMARY KEY, docs INTEGER NOT NULL, n INTEGER NOT NULL) WITHOUT ROWID;
  CREATE VIRTUAL TABLE search USING ${words};`

/**
 * While an index is built, words are gathered in memory (bytes). What was written is left as it is: FTS5 would merge all of it
 * at once, now and then, and a change that meets that takes seconds. `mergeSome` does it piece by piece.
 */
export const gatherWords = (bytes: number): string => `
  INSERT INTO search (search, rank) VALUES ('hashsize', ${bytes});
  INSERT INTO search (search, rank) VALUES ('automerge', 0);
  INSERT INTO search (search, rank) VALUES ('crisismerge', 1999);`

/** So many pages of what changes have left at most, after each. */
export const mergeSome = "INSERT INTO search (search, rank) VALUES ('merge', 256)"

/** Made when all documents are there: each is sorted once. */
export const whatFollows = `
  INSERT INTO search (search, rank) VALUES ('hashsize', 1048576);
  CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'search', 'row');
  INSERT INTO words (word, docs, n) SELECT term, doc, 0 FROM temp.vocabulary;
  DROP TABLE temp.vocabulary;
  INSERT OR IGNORE INTO names (name, row)
    SELECT said.value, texts.row FROM texts, json_each(texts.said, '$[0]') AS said ORDER BY said.value, texts.row;
  INSERT OR IGNORE INTO beginnings (text, row)
    SELECT said.value, texts.row FROM texts, json_each(texts.said, '$[1]') AS said ORDER BY said.value, texts.row;
  CREATE UNIQUE INDEX docs_by_id ON docs (id);
  CREATE INDEX docs_by_name ON docs (name_key, id);
  CREATE INDEX docs_by_weight ON docs (weight DESC, id);
  CREATE INDEX docs_by_seq ON docs (seq) WHERE seq > 0;
  CREATE INDEX words_by_n ON words (n) WHERE n > 0;`

/** What `meta` has. */
export type MetaKey = 'format' | 'mark' | 'seq'

/**
 * The least value that comes after all texts that begin with this one, in the order of UTF-8 bytes: a text, or bytes, which
 * come after every text.
 */
export function afterAllWith(beginning: string): string | Uint8Array {
  const points = [...beginning].map((letter) => letter.codePointAt(0) ?? 0)
  for (let last = points.pop(); last !== undefined; last = points.pop())
    if (last < 0x10ffff) {
      const next = last === 0xd7ff ? 0xe000 : last + 1
      return String.fromCodePoint(...points, next)
    }
  return new Uint8Array(1)
}
