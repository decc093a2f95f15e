import { type SearchField, searchFacets, searchFields } from '../../../domain/search.ts'
import { boostOf } from '../../../domain/search-score.ts'
import { facetKey, type SearchDocument } from '../../../ports/search/search.ts'
import type { IndexDocument } from './index-collections.ts'
import { sortableText } from './sortable-text.ts'

/** Of the source there are too many words for a second set of them. */
export const headFields = ['name', 'title', 'description', 'topics'] as const
export type HeadField = (typeof headFields)[number]

export const isHead = (field: SearchField): field is HeadField => field !== 'source'

// No word has a colon in it.
export const headOf = (field: HeadField, word: string): string => `${field}:${word}`
export const nameHead = (name: string): string => `is:${name}`
export const keyOf = (facet: string, key: string): string => `${facet}:${key}`

export const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(' '))

/** Every word once. */
export function vocabularyOf(words: SearchDocument['words']): ReadonlySet<string> {
  return new Set(searchFields.flatMap((field) => wordsOf(words[field])))
}

export function indexDocumentOf(document: SearchDocument): IndexDocument {
  const { id, version, words, names, beginnings, facets, numbers } = document
  const { visibility, owner, home, deprecated, platform, weight } = document
  const heads = headFields.flatMap((field) => wordsOf(words[field]).map((word) => headOf(field, word)))
  return {
    _id: sortableText(id),
    version,
    live: 1,
    text: eachField((field) => (words[field] === '' ? '' : ` ${words[field]} `)),
    boosts: eachField((field) => boostOf(field, wordsOf(words[field]).length)),
    words: [...vocabularyOf(words)],
    heads: [...new Set([...heads, ...names.map(nameHead)])],
    begins: [...new Set(beginnings)],
    nameKey: sortableText(document.nameKey),
    labels: facets,
    keys: searchFacets.flatMap((facet) => facets[facet].map((label) => keyOf(facet, facetKey(label)))),
    seen: { ...home, visibility, owner, namespace: facets.namespace[0] ?? '' },
    numbers,
    deprecated,
    platform,
    weight,
  }
}

/** As they were given. */
export function textsOf({ text }: Pick<IndexDocument, 'text'>): SearchDocument['words'] {
  return eachField((field) => text[field].slice(1, -1))
}

function eachField<T>(of: (field: SearchField) => T): Record<SearchField, T> {
  return Object.fromEntries(searchFields.map((field) => [field, of(field)])) as Record<SearchField, T>
}
