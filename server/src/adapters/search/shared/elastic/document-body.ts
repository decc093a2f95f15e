import { searchFacets, searchFields } from '../../../../domain/search.ts'
import { facetKey, type SearchDocument } from '../../../../ports/search/search.ts'
import { cutTerm, exactTerm, exactWords } from './bounded-term.ts'
import { kept } from './index-body.ts'

/** A document as it is kept. */
export function documentBody(document: SearchDocument): object {
  const { id, words, names, beginnings, facets, numbers, deprecated, platform } = document
  const texts = searchFields.map((field) => exactWords(words[field]))
  return {
    // As it was given, to be written again with other numbers; all else may be cut.
    stored: document,
    kept: kept.document,
    id: cutTerm(id),
    nameKey: cutTerm(document.nameKey),
    text: {
      all: texts.filter((text) => text !== ''),
      ...Object.fromEntries(searchFields.map((field, at) => [field, texts[at]])),
    },
    names: names.map(exactTerm),
    beginnings: beginnings.map(cutTerm),
    keys: Object.fromEntries(
      searchFacets.map((facet) => [facet, facets[facet].map((label) => exactTerm(facetKey(label)))]),
    ),
    labels: Object.fromEntries(searchFacets.map((facet) => [facet, facets[facet].map(cutTerm)])),
    seen: {
      visibility: document.visibility,
      namespace: exactTerm(facets.namespace[0] ?? ''),
      owner: exactTerm(document.owner),
      kind: exactTerm(document.home.kind),
      name: exactTerm(document.home.name),
    },
    numbers,
    deprecated,
    // What names none is in no range.
    ...(platform !== '' && { platform: cutTerm(platform) }),
    weight: document.weight,
  }
}
