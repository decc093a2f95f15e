import { type Collection, type Db, type IndexDescription, MongoServerError, ObjectId } from 'mongodb'
import {
  type SearchFacet,
  type SearchField,
  type SearchNumber,
  type Seen,
  searchNumbers,
} from '../../../domain/search.ts'
import type { Mark } from '../../../ports/search/search.ts'
import type { Asking, Changing } from './search-connection.ts'

/** Of all that is kept: with another one an index is built anew. */
export const indexFormat = 2

/** `_id` 'index': which generation is the index, and how far it is. */
export interface StateDocument {
  readonly _id: 'index'
  readonly format: number
  readonly generation: string
  readonly mark: Mark
  /** Grows by each change. */
  readonly changes: number
}

/** A generation that is the index, or may become it. */
export interface GenerationDocument {
  readonly _id: string
  /** When somebody has put something into it last, by the server's clock. */
  readonly touched?: Date
}

/** `_id` is the artifact's, sortable. One that was removed has a version and `gone` alone. */
export interface IndexDocument {
  readonly _id: string
  readonly version: number
  readonly live: 1
  /** The words of each field, with a blank before, between and after them. */
  readonly text: Readonly<Record<SearchField, string>>
  /** How much a word counts in each field, by how long that is. */
  readonly boosts: Readonly<Record<SearchField, number>>
  /** Every word of every field once. */
  readonly words: readonly string[]
  /** `field:word` for each field but the source, and `is:name`. */
  readonly heads: readonly string[]
  readonly begins: readonly string[]
  /** Sortable. */
  readonly nameKey: string
  readonly labels: Readonly<Record<SearchFacet, readonly string[]>>
  /** `facet:key` for each label. */
  readonly keys: readonly string[]
  readonly seen: Seen
  readonly numbers: Readonly<Record<SearchNumber, number>>
  readonly deprecated: boolean
  readonly platform: string
  readonly weight: number
}

export interface GoneDocument {
  readonly _id: string
  readonly version: number
  readonly gone: Date
}

/** A word that some document has, or has had. */
export interface WordDocument {
  readonly _id: string
  /** From its end to its beginning. */
  readonly turned: string
  readonly letters: number
  /** All three letters that follow each other. */
  readonly grams: readonly string[]
}

const stateName = 'lading_search_state'
const generationsName = 'lading_search_generations'
const docsPrefix = 'lading_search_docs_'
const wordsPrefix = 'lading_search_words_'
const generationPattern = /^[0-9a-f]{24}$/

/** No two have ever been the same: whoever still writes into one that was thrown away disturbs nobody. */
export const newGeneration = (): string => new ObjectId().toHexString()
export const isGeneration = (given: unknown): given is string =>
  typeof given === 'string' && generationPattern.test(given)

export const stateIn = (db: Db): Collection<StateDocument> => db.collection(stateName)
export const generationsIn = (db: Db): Collection<GenerationDocument> => db.collection(generationsName)
export const docsIn = (db: Db, generation: string): Collection<IndexDocument> =>
  db.collection(docsPrefix + generation)
export const wordsIn = (db: Db, generation: string): Collection<WordDocument> =>
  db.collection(wordsPrefix + generation)

/** Of all collections of that name, of which generations there are some. */
export function generationsOf(names: readonly string[]): ReadonlySet<string> {
  const found = names.flatMap((name) =>
    [docsPrefix, wordsPrefix].flatMap((prefix) =>
      name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
    ),
  )
  return new Set(found.filter(isGeneration))
}

export const namesOf = (generation: string): readonly string[] => [
  docsPrefix + generation,
  wordsPrefix + generation,
]

type NamedIndex = IndexDescription & { readonly name: string }

/** The indexes are made while there is nothing in it: that takes no time. */
export async function createGeneration(
  { db, options }: Changing,
  generation: string,
  goneSeconds: number,
): Promise<void> {
  await docsIn(db, generation).createIndexes([...docsIndexes(goneSeconds)], options)
  await wordsIn(db, generation).createIndexes([...wordsIndexes], options)
}

/** Whether a generation is there with all of its indexes: a collection that a late change has made anew has none. */
export async function isGenerationThere({ db, options }: Asking, generation: string): Promise<boolean> {
  const wanted = [
    [docsPrefix + generation, docsIndexes(0)],
    [wordsPrefix + generation, wordsIndexes],
  ] as const
  for (const [name, indexes] of wanted) {
    const found = await indexesOf(db.collection(name), options().maxTimeMS)
    if (!indexes.every((index) => found.has(index.name))) return false
  }
  return true
}

async function indexesOf(collection: Collection, maxTimeMS: number): Promise<ReadonlySet<string>> {
  try {
    const found = await collection.listIndexes({ maxTimeMS }).toArray()
    return new Set(found.map(({ name }) => String(name)))
  } catch (error) {
    if (isGone(error)) return new Set()
    throw error
  }
}

const namespaceNotFound = 26
// Not all that speak the protocol number it.
const isGone = (error: unknown): boolean =>
  error instanceof MongoServerError && (error.code === namespaceNotFound || error.errmsg === 'ns not found')

export async function dropGeneration({ db, options }: Changing, generation: string): Promise<void> {
  await generationsIn(db).deleteOne({ _id: generation }, options)
  for (const name of namesOf(generation))
    try {
      await db.dropCollection(name, options)
    } catch (error) {
      if (!isGone(error)) throw error
    }
}

/** Each by which pages are in order ends with the id. What completes names is answered by its index alone. */
function docsIndexes(goneSeconds: number): readonly NamedIndex[] {
  const seen = ['visibility', 'namespace', 'owner', 'kind', 'name'].map(
    (field) => [`seen.${field}`, 1] as const,
  )
  return [
    { name: 'words', key: { words: 1 } },
    { name: 'heads', key: { heads: 1 } },
    { name: 'keys', key: { keys: 1 } },
    { name: 'live', key: { live: 1 } },
    { name: 'weight', key: { weight: -1, _id: 1 } },
    { name: 'nameKey', key: { nameKey: 1, _id: 1 } },
    ...searchNumbers.map((number) => ({ name: number, key: { [`numbers.${number}`]: 1, _id: 1 } }) as const),
    { name: 'begins', key: { begins: 1, weight: -1, ...Object.fromEntries(seen), _id: 1 } },
    { name: 'gone', key: { gone: 1 }, expireAfterSeconds: goneSeconds },
  ]
}

const wordsIndexes: readonly NamedIndex[] = [
  { name: 'turned', key: { turned: 1 } },
  { name: 'grams', key: { grams: 1 } },
]
