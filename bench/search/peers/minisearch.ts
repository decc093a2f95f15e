import MiniSearch, { type SearchOptions } from 'minisearch'
import { type Document, passes } from '../relevance/corpus.ts'
import type { Contender, FilledRanker } from '../relevance/ranker.ts'

/** As it comes: any word is enough, and words are taken as they are. */
export const miniSearch: Contender = {
  name: 'MiniSearch',
  fill: ({ documents }) => filledMiniSearch(documents, {}),
}

/** As its guide advises for people who type: words that begin so count as well, and words that are near. */
export const lenientMiniSearch: Contender = {
  name: 'MiniSearch, prefix and fuzzy',
  fill: ({ documents }) => filledMiniSearch(documents, { prefix: true, fuzzy: 0.2 }),
}

export function filledMiniSearch(documents: readonly Document[], options: SearchOptions): FilledRanker {
  const index = new MiniSearch<IndexedDocument>({ fields: ['name', 'description', 'topics'] })
  index.addAll(
    documents.map(({ name, description, topics }, id) => ({
      id,
      name,
      description,
      topics: topics.join(' '),
    })),
  )
  return {
    rank({ text, filters = {} }, limit) {
      const filter = ({ id }: { readonly id: number }): boolean => {
        const document = documents[id]
        return document !== undefined && passes(document, filters)
      }
      const narrowed = Object.keys(filters).length === 0 ? options : { ...options, filter }
      return index
        .search(text, narrowed as SearchOptions)
        .slice(0, limit)
        .map(({ id }) => documents[Number(id)]?.name ?? '')
    },
    async [Symbol.asyncDispose]() {},
  }
}

interface IndexedDocument {
  readonly id: number
  readonly name: string
  readonly description: string
  readonly topics: string
}
