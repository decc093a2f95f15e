import type { Corpus, Filters } from './corpus.ts'

export interface Wish {
  readonly text: string
  readonly filters?: Filters
}

/** At most `limit` names, the best first. */
export type Ranker = (wish: Wish, limit: number) => Promise<readonly string[]> | readonly string[]

/** What is measured: an engine that is filled with the corpus, or a peer such as FTS5 or MiniSearch. */
export interface Contender {
  readonly name: string
  fill(corpus: Corpus): Promise<FilledRanker> | FilledRanker
}

export interface FilledRanker extends AsyncDisposable {
  readonly rank: Ranker
}
