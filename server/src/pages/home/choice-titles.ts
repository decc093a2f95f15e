import type { SearchFacet } from '../../domain/search.ts'

/** What people call the parameters of a search that narrow it down, or ask for something else of it. */
const titles = {
  kind: 'Kind',
  namespace: 'Namespace',
  topic: 'Topic',
  skill: 'Skill',
  capability: 'Capability',
  category: 'Category',
  language: 'Language',
  license: 'License',
  author: 'Author',
  organization: 'Organization',
  publisher: 'Publisher',
  platform: 'Platform',
  minDownloads: 'Downloads, at least',
  minStars: 'Stars, at least',
  createdFrom: 'Made from',
  createdTo: 'Made up to',
  updatedFrom: 'Changed from',
  updatedTo: 'Changed up to',
  deprecated: 'Deprecated',
  order: 'Order',
  facets: 'Counted',
  facetLimit: 'Values counted',
  explain: 'Scores explained',
  boosts: 'Use and age count',
  asTyped: 'Still being typed',
} as const satisfies Readonly<Record<string, string>> & Readonly<Record<SearchFacet, string>>

const byName: ReadonlyMap<string, string> = new Map(Object.entries(titles))

/** Its own name, of what nobody knows. */
export function titleOfChoice(name: string): string {
  return byName.get(name) ?? name
}
