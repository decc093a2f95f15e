import { searchNumbers } from '../../../domain/search.ts'

/** Of the tables and of what is in them: another one is not read. */
export const indexFormat = 4

/** Names of the tables of one generation of the index. */
export interface IndexTables {
  readonly docs: string
  readonly texts: string
  readonly words: string
  readonly labels: string
  readonly begins: string
  readonly gone: string
  readonly numbers: string
}

export function tablesOf(generation: number): IndexTables {
  const named = (what: string): string => `lading_search_${what}_${generation}`
  return {
    docs: named('docs'),
    texts: named('texts'),
    words: named('words'),
    labels: named('labels'),
    begins: named('begins'),
    gone: named('gone'),
    numbers: named('n'),
  }
}

/** Which generation is the index, and which ones somebody gathers. */
export const stateSql: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS lading_search_state (
    one boolean PRIMARY KEY CHECK (one), format integer NOT NULL, generation bigint NOT NULL,
    mark text COLLATE "C" NOT NULL, changes bigint NOT NULL, documents bigint NOT NULL, has_long boolean NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS lading_search_generations (
    generation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, touched timestamptz NOT NULL)`,
]

/** Bytes that make a row one of those that are parted (`TOAST_TUPLE_THRESHOLD`), and what it then is to come to. */
const [filledTo, partedTo] = [2_100, 600]

const text = 'text COLLATE "C" NOT NULL'
const seen =
  'visibility smallint NOT NULL, namespace integer NOT NULL, owner integer NOT NULL, kind integer NOT NULL, home text COLLATE "C" NOT NULL'

/**
 * `docs` has what is compared and counted; `lex` are its words as `lexemes.ts` writes them, without positions, whose number
 * PostgreSQL bounds. They are kept apart from the rows (TOAST), since what looks at every match reads the rows and asks the
 * index alone for words; PostgreSQL parts only rows of more than 2 kB, and so they are filled up to that with blanks, which it
 * then packs to nearly nothing. `texts` has the words in their order, for phrases and for hits. `labels` gives labels, and owners, their
 * numbers; `words` are all words with how many documents have them. No order has an index: whoever asks wants to know how
 * many match, and so all that match are looked at; and numbers that change leave all indexes as they are. `gone`
 * remembers what was removed, lest an older document of it comes back.
 */
export function createTablesSql(tables: IndexTables): readonly string[] {
  const { docs, texts, words, labels, begins, gone, numbers } = tables
  return [
    `CREATE SEQUENCE ${numbers} AS integer`,
    `CREATE TABLE ${docs} (n integer NOT NULL, id ${text}, filling text NOT NULL DEFAULT repeat(' ', ${filledTo}), version float8 NOT NULL, ${seen}, deprecated boolean NOT NULL,
      ${searchNumbers.map((name) => `"${name}" float8 NOT NULL`).join(', ')}, platform ${text}, name_key ${text},
      weight float8 NOT NULL, labels integer[] NOT NULL, lex tsvector NOT NULL, long boolean NOT NULL,
      said uuid NOT NULL, begun uuid NOT NULL) WITH (fillfactor = 90, toast_tuple_target = ${partedTo})`,
    `ALTER TABLE ${docs} ALTER lex SET STORAGE EXTERNAL, ${['id', 'filling', 'home', 'platform', 'name_key', 'labels'].map((column) => `ALTER ${column} SET STORAGE MAIN`).join(', ')}`,
    `CREATE TABLE ${texts} (n integer NOT NULL, name ${text}, title ${text}, description ${text}, topics ${text}, source ${text})`,
    `CREATE TABLE ${words} (word ${text} PRIMARY KEY, docs integer NOT NULL, letters smallint NOT NULL, mask bigint NOT NULL,
      grams text[] COLLATE "C" NOT NULL) WITH (fillfactor = 80)`,
    `CREATE TABLE ${labels} (id integer NOT NULL PRIMARY KEY, label ${text}, hash uuid NOT NULL UNIQUE, key uuid NOT NULL)`,
    `CREATE TABLE ${begins} (text ${text}, weight float8 NOT NULL, id ${text}, n integer NOT NULL, ${seen})`,
    `CREATE TABLE ${gone} (id ${text} PRIMARY KEY, version float8 NOT NULL, since timestamptz NOT NULL)`,
    `CREATE INDEX ON ${gone} (since)`,
  ]
}

/** Made when all is gathered. Of beginnings, an order by weight for each of the shortest, and one of all by their text. */
export function createIndexesSql({ docs, texts, words, labels, begins }: IndexTables): readonly string[] {
  return [
    `ALTER TABLE ${docs} ADD PRIMARY KEY (n)`,
    `CREATE UNIQUE INDEX ON ${docs} (id)`,
    `CREATE INDEX ON ${docs} USING gin (lex) WITH (gin_pending_list_limit = 512)`,
    `CREATE INDEX ON ${docs} USING gin (labels) WITH (gin_pending_list_limit = 512)`,
    `ALTER TABLE ${texts} ADD PRIMARY KEY (n)`,
    // A beginning is looked for among words of so many letters, and told without the rows.
    `CREATE INDEX ON ${words} (letters, word) INCLUDE (mask)`,
    `CREATE INDEX ON ${words} (letters, reverse(word)) INCLUDE (mask, word)`,
    `CREATE INDEX ON ${words} USING gin (grams) WITH (gin_pending_list_limit = 512)`,
    `CREATE INDEX ON ${labels} (key)`,
    ...[1, 2, orderedLetters].map(
      (letters) => `CREATE INDEX ON ${begins} (left(text, ${letters}), weight DESC, id)`,
    ),
    `CREATE INDEX ON ${begins} (left(text, ${indexedLetters}))`,
    `CREATE INDEX ON ${begins} (n)`,
    ...[docs, texts, words, labels, begins].map((table) => `ANALYZE ${table}`),
  ]
}

/** Beginnings of up to so many letters have an index each that is ordered by weight. */
export const orderedLetters = 3
/** By so many letters of a beginning it is looked up. */
export const indexedLetters = 64

export function dropTablesSql({
  docs,
  texts,
  words,
  labels,
  begins,
  gone,
  numbers,
}: IndexTables): readonly string[] {
  return [
    `DROP TABLE IF EXISTS ${[docs, texts, words, labels, begins, gone].join(', ')}`,
    `DROP SEQUENCE IF EXISTS ${numbers}`,
  ]
}
