import { DatabaseSync } from 'node:sqlite'
import { rankerOver, wordsOf } from './baseline.ts'
import { type Corpus, passes } from './corpus.ts'
import type { Ranker } from './ranker.ts'

/** How far down each ranker is looked at. */
export const poolDepth = 20

/** Rankers that err in different ways, so that together they show a judge what an engine may find. */
export function poolRankers(corpus: Corpus): readonly Ranker[] {
  return [
    rankerOver(new DatabaseSync(':memory:'), corpus, { tokenizer: 'unicode61', terms: wordsOf }),
    rankerOver(new DatabaseSync(':memory:'), corpus, { tokenizer: 'porter unicode61', terms: wordsOf }),
    rankerOver(new DatabaseSync(':memory:'), corpus, { tokenizer: 'trigram', terms: trigramsOf }),
    likeness(corpus),
  ]
}

/** The names that any of the rankers has among its first ones, each once. */
export async function poolOf(wish: Parameters<Ranker>[0], rankers: readonly Ranker[]): Promise<Set<string>> {
  const answers = await Promise.all(rankers.map((rank) => rank(wish, poolDepth)))
  return new Set(answers.flat())
}

function trigramsOf(text: string): readonly string[] {
  return wordsOf(text).flatMap((word) => grams(word, 3))
}

/** By the share of letter pairs and triples that the query has in common with the name and the description. */
function likeness({ documents }: Corpus): Ranker {
  const gramsIn = (text: string): Set<string> =>
    new Set(
      wordsOf(text.toLowerCase()).flatMap((word) => [...grams(` ${word} `, 2), ...grams(` ${word} `, 3)]),
    )
  const kept = documents.map((document) => ({
    document,
    name: gramsIn(document.name),
    text: gramsIn(`${document.name} ${document.description}`),
  }))
  return ({ text, filters = {} }, limit) => {
    const wanted = gramsIn(text)
    const scored = kept
      .filter(({ document }) => passes(document, filters))
      .map(({ document, name, text: all }) => ({
        name: document.name,
        score: Math.max(alike(wanted, name), alike(wanted, all)),
      }))
    return scored
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, limit)
      .map(({ name }) => name)
  }
}

/** Dice's coefficient. */
function alike(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  return (2 * one.intersection(other).size) / (one.size + other.size || 1)
}

function grams(word: string, length: number): string[] {
  return Array.from({ length: Math.max(word.length - length + 1, 0) }, (_, at) => word.slice(at, at + length))
}
