import { gramsOf } from '../shared/grams.ts'
import type { IndexTables } from './index-tables.ts'
import { arrayOf } from './lexemes.ts'
import type { Ask } from './search-pool.ts'
import { maskOf } from './word-traits.ts'

/** So many words are written by one statement. */
const atOnce = 10_000

/** How many documents more, or less, have each word. */
export class WordCounts {
  readonly #more = new Map<string, number>()

  get size(): number {
    return this.#more.size
  }

  add(words: Iterable<string>, documents: 1 | -1): void {
    for (const word of words) this.#more.set(word, (this.#more.get(word) ?? 0) + documents)
  }

  /** Writes them down, and begins anew. For one writer at a time. */
  async write(ask: Ask, { words }: IndexTables): Promise<void> {
    const all = [...this.#more].filter(([, more]) => more !== 0)
    this.#more.clear()
    const removes = all.some(([, more]) => more < 0)
    for (let from = 0; from < all.length; from += atOnce) {
      const part = all.slice(from, from + atOnce)
      const letters = part.map(([word]) => [...word])
      await ask(
        `INSERT INTO ${words} AS w (word, docs, letters, mask, grams)
          SELECT word, more, letters, mask, grams::text[]
          FROM unnest($1::text[], $2::integer[], $3::smallint[], $4::bigint[], $5::text[]) AS r(word, more, letters, mask, grams)
          ON CONFLICT (word) DO UPDATE SET docs = w.docs + EXCLUDED.docs`,
        [
          part.map(([word]) => word),
          part.map(([, more]) => more),
          letters.map((each) => each.length),
          letters.map((each) => String(maskOf(each))),
          letters.map((each) => arrayOf(gramsOf(each))),
        ],
      )
      if (removes)
        await ask(`DELETE FROM ${words} WHERE docs <= 0 AND word = ANY($1::text[])`, [
          part.filter(([, more]) => more < 0).map(([word]) => word),
        ])
    }
  }
}
