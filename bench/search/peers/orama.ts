import { create, insertMultiple, search } from '@orama/orama'
import type { Document } from '../relevance/corpus.ts'
import type { Contender, FilledRanker } from '../relevance/ranker.ts'

/** As it comes: any word is enough, and words that begin so count as well. */
export const orama: Contender = {
  name: 'Orama',
  fill: ({ documents }) => filledOrama(documents, 0),
}

/** One letter may differ. */
export const lenientOrama: Contender = {
  name: 'Orama, tolerance 1',
  fill: ({ documents }) => filledOrama(documents, 1),
}

const insertedAtOnce = 1_000

/** `tolerance`: how many letters of a word may differ. */
export async function filledOrama(documents: readonly Document[], tolerance: number): Promise<FilledRanker> {
  const database = create({
    schema: {
      name: 'string',
      description: 'string',
      words: 'string',
      category: 'enum',
      topics: 'enum[]',
    },
  })
  await insertMultiple(
    database,
    documents.map(({ name, description, topics, category }) => ({
      name,
      description,
      words: topics.join(' '),
      category,
      topics: [...topics],
    })),
    insertedAtOnce,
  )
  return {
    async rank({ text, filters: { category, topics } = {} }, limit) {
      const { hits } = await search(database, {
        term: text,
        properties: ['name', 'description', 'words'],
        tolerance,
        limit,
        where: {
          ...(category !== undefined && { category: { eq: category } }),
          ...(topics !== undefined && { topics: { containsAll: [...topics] } }),
        },
      })
      return hits.map(({ document }) => document.name)
    },
    async [Symbol.asyncDispose]() {},
  }
}
