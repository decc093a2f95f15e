import { type SearchField, searchFields } from '../../../domain/search.ts'
import type { FieldWords } from '../../../domain/search-score.ts'
import { timesIn } from '../../../domain/search-score.ts'
import type { Alternative, Clause } from '../../../ports/search/search.ts'

/** Which documents have which words. */
export class WordIndex {
  readonly #having = new Map<string, Set<string>>()
  readonly #texts = new Map<string, FieldWords>()
  #sorted: readonly string[] | undefined

  get size(): number {
    return this.#texts.size
  }

  textsOf(id: string): FieldWords | undefined {
    return this.#texts.get(id)
  }

  put(id: string, texts: FieldWords): void {
    this.remove(id)
    this.#texts.set(id, texts)
    for (const word of allWords(texts)) {
      const having = this.#having.get(word)
      if (having !== undefined) having.add(id)
      else {
        this.#having.set(word, new Set([id]))
        this.#sorted = undefined
      }
    }
  }

  remove(id: string): void {
    const texts = this.#texts.get(id)
    if (texts === undefined) return
    this.#texts.delete(id)
    for (const word of allWords(texts)) {
      const having = this.#having.get(word)
      if (having?.delete(id) === true && having.size === 0) {
        this.#having.delete(word)
        this.#sorted = undefined
      }
    }
  }

  /** Every word. */
  words(): readonly string[] {
    return [...this.#having.keys()]
  }

  /** Ids of documents that have the word. */
  having(word: string): ReadonlySet<string> {
    return this.#having.get(word) ?? new Set()
  }

  /** Ids of documents that satisfy a clause. */
  matching({ alternatives, fields = searchFields }: Clause): ReadonlySet<string> {
    const found = new Set<string>()
    for (const alternative of alternatives)
      for (const id of this.#candidates(alternative)) {
        const texts = this.#texts.get(id)
        if (texts !== undefined && fields.some((field) => has(texts, field, alternative))) found.add(id)
      }
    return found
  }

  /** Documents that have its rarest word. */
  #candidates({ words, prefix }: Alternative): ReadonlySet<string> {
    const sets = words.map((word, at) =>
      prefix && at === words.length - 1
        ? this.#beginning(word)
        : (this.#having.get(word) ?? new Set<string>()),
    )
    return sets.reduce((one, other) => (other.size < one.size ? other : one), sets[0] ?? new Set())
  }

  #beginning(prefix: string): ReadonlySet<string> {
    const found = new Set<string>()
    const sorted = this.#inOrder()
    for (let at = firstFrom(sorted, prefix); sorted[at]?.startsWith(prefix) === true; at++)
      for (const id of this.#having.get(sorted[at] ?? '') ?? []) found.add(id)
    return found
  }

  #inOrder(): readonly string[] {
    this.#sorted ??= [...this.#having.keys()].sort()
    return this.#sorted
  }
}

function has(texts: FieldWords, field: SearchField, { words, prefix }: Alternative): boolean {
  return timesIn(texts[field], words, prefix) > 0
}

function allWords(texts: FieldWords): ReadonlySet<string> {
  return new Set(searchFields.flatMap((field) => texts[field]))
}

function firstFrom(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') < text) low = middle + 1
    else high = middle
  }
  return low
}
