import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Alternative } from '../../../ports/search/search.ts'
import { afterAllWith } from './index-schema.ts'
import type { KeptHits } from './kept-hits.ts'
import { phraseHits } from './phrase-hits.ts'
import { type Hits, hitsOf, type Places } from './postings.ts'

/** Hits in one chunk. */
export interface ChunkHits {
  readonly chunk: number
  readonly hits: Hits
}
interface ChunkPosted extends ChunkHits {
  readonly places: Places
}

/** Words that fewer documents have are read again each time. */
const keptFrom = 1_000

const from = 'FROM json_each(?) AS wanted CROSS JOIN postings AS p ON p.chunk = wanted.value AND'

/** Where words stand, chunk by chunk. Chunks that are not asked for are not read. */
export class PostingReader {
  readonly #statements: Record<
    'word' | 'prefix' | 'open' | 'places' | 'prefixPlaces' | 'openPlaces',
    StatementSync
  >
  readonly #documents: Record<'word' | 'prefix' | 'open', StatementSync>

  readonly #kept: KeptHits

  constructor(db: DatabaseSync, kept: KeptHits) {
    this.#kept = kept
    const rowsOf = (sql: string): StatementSync => {
      const statement = db.prepare(sql)
      statement.setReturnArrays(true)
      return statement
    }
    this.#statements = {
      word: rowsOf(`SELECT p.chunk, p.hits ${from} p.word = ?`),
      prefix: rowsOf(`SELECT p.chunk, p.hits ${from} p.word >= ? AND p.word < ?`),
      open: rowsOf(`SELECT p.chunk, p.hits ${from} p.word >= ?`),
      places: rowsOf(`SELECT p.chunk, p.hits, p.places ${from} p.word = ?`),
      prefixPlaces: rowsOf(`SELECT p.chunk, p.hits, p.places ${from} p.word >= ? AND p.word < ?`),
      openPlaces: rowsOf(`SELECT p.chunk, p.hits, p.places ${from} p.word >= ?`),
    }
    this.#documents = {
      word: rowsOf('SELECT docs FROM words WHERE word = ?'),
      prefix: rowsOf('SELECT sum(docs) FROM words WHERE word >= ? AND word < ?'),
      open: rowsOf('SELECT sum(docs) FROM words WHERE word >= ?'),
    }
  }

  /** How many documents have it, at most: of words that follow each other, as many as have the rarest. */
  documentsWith({ words, prefix }: Alternative, documents: number): number {
    const each = words.map((word, at) => this.#count(word, prefix && at === words.length - 1))
    return words.length === 0 ? 0 : Math.min(documents, ...each)
  }

  /** A row may come more than once. */
  *hitsOf({ words, prefix }: Alternative, chunks: readonly number[]): Generator<ChunkHits> {
    const [first] = words
    if (first === undefined) return
    if (words.length > 1) {
      yield* this.#phrase(words, prefix, chunks)
      return
    }
    if (prefix || this.#count(first, false) < keptFrom) yield* this.#read(first, prefix, chunks)
    else yield* this.#common(first, chunks)
  }

  *#read(word: string, isPrefix: boolean, chunks: readonly number[]): Generator<ChunkHits> {
    const [statement, ...bounds] = this.#asked(word, isPrefix, ['word', 'prefix', 'open'])
    for (const row of statement.iterate(JSON.stringify(chunks), ...bounds)) {
      const [chunk, bytes] = row as unknown as [number, Uint8Array]
      yield { chunk, hits: hitsOf(bytes) }
    }
  }

  /** A word that many have: what was read of it before is not read again. */
  *#common(word: string, chunks: readonly number[]): Generator<ChunkHits> {
    const known = this.#kept.of(word)
    const unknown = new Set<number>()
    for (const chunk of chunks) {
      const bytes = known.get(chunk)
      if (bytes === undefined) unknown.add(chunk)
      else if (bytes !== null) yield { chunk, hits: hitsOf(bytes) }
    }
    if (unknown.size === 0) return
    for (const row of this.#statements.word.iterate(JSON.stringify([...unknown]), word)) {
      const [chunk, bytes] = row as unknown as [number, Uint8Array]
      const read = { chunk, hits: hitsOf(bytes) }
      this.#kept.add(word, chunk, bytes)
      unknown.delete(chunk)
      yield read
    }
    for (const chunk of unknown) this.#kept.add(word, chunk, null)
  }

  *#phrase(words: readonly string[], prefix: boolean, chunks: readonly number[]): Generator<ChunkHits> {
    const last = words.length - 1
    const counted = words.map((word, at) => ({ word, at, docs: this.#count(word, prefix && at === last) }))
    counted.sort((one, other) => one.docs - other.docs)
    const byPlace: Map<number, ChunkPosted[]>[] = words.map(() => new Map())
    let wanted = chunks
    for (const { word, at } of counted) {
      const posted = Map.groupBy(this.#posted(word, prefix && at === last, wanted), ({ chunk }) => chunk)
      byPlace[at] = posted
      wanted = [...posted.keys()]
    }
    for (const chunk of wanted) {
      const hits = phraseHits(byPlace.map((posted) => posted.get(chunk) ?? []))
      if (hits.rows.length > 0) yield { chunk, hits }
    }
  }

  *#posted(word: string, isPrefix: boolean, chunks: readonly number[]): Generator<ChunkPosted> {
    const [statement, ...bounds] = this.#asked(word, isPrefix, ['places', 'prefixPlaces', 'openPlaces'])
    for (const row of statement.iterate(JSON.stringify(chunks), ...bounds)) {
      const [chunk, bytes, places] = row as unknown as [number, Uint8Array, Uint8Array]
      yield { chunk, hits: hitsOf(bytes), places }
    }
  }

  #asked(
    word: string,
    isPrefix: boolean,
    [exact, bounded, open]: readonly ['word' | 'places', 'prefix' | 'prefixPlaces', 'open' | 'openPlaces'],
  ): readonly [StatementSync, ...string[]] {
    if (!isPrefix) return [this.#statements[exact], word]
    const end = afterAllWith(word)
    return end === undefined ? [this.#statements[open], word] : [this.#statements[bounded], word, end]
  }

  #count(word: string, isPrefix: boolean): number {
    const end = isPrefix ? afterAllWith(word) : undefined
    const row = !isPrefix
      ? this.#documents.word.get(word)
      : end === undefined
        ? this.#documents.open.get(word)
        : this.#documents.prefix.get(word, end)
    return (row as unknown as [number | null] | undefined)?.[0] ?? 0
  }
}
