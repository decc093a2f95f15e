import type { SearchRequest } from '../../boot/registry.ts'
import type { SearchSort } from '../../domain/search.ts'

/** What a visitor looks for. Beside the words it stands in links, so that every page can be sent to others. */
export interface Question {
  readonly text: string
  readonly chosen: Readonly<Partial<Record<ShownFacet, readonly string[]>>>
  readonly sort: ShownSort
  /** Where an earlier page ended. */
  readonly after: string | undefined
}

/** By what people narrow down here; the API knows more. */
export const shownFacets = ['kind', 'license', 'topic', 'language'] as const
export type ShownFacet = (typeof shownFacets)[number]

/** As they stand in links. */
export const shownSorts = ['relevance', 'downloads', 'stars', 'updated', 'name'] as const
export type ShownSort = (typeof shownSorts)[number]

const sortOf: Readonly<Record<ShownSort, SearchSort>> = {
  relevance: 'relevance',
  downloads: 'downloads',
  stars: 'stars',
  updated: 'updatedAt',
  name: 'name',
}
const hitsPerPage = 20
const valuesPerFacet = 10
/** Of one facet: nobody has clicked so often. */
const mostChosen = 16

/** undefined: nothing is looked for. What a link does not have to say is not refused: people's links carry all sorts of things. */
export function readQuestion(parameters: URLSearchParams): Question | undefined {
  const chosen = shownFacets.map((facet) => {
    const values = parameters.getAll(facet).filter((value) => value !== '')
    return [facet, [...new Set(values)].slice(0, mostChosen)] as const
  })
  const isAsked = parameters.has('q') || chosen.some(([, values]) => values.length > 0)
  if (!isAsked) return undefined
  return {
    text: parameters.get('q') ?? '',
    chosen: Object.fromEntries(chosen.filter(([, values]) => values.length > 0)),
    sort: shownSorts.find((sort) => sort === parameters.get('sort')) ?? 'relevance',
    after: parameters.get('after') || undefined,
  }
}

export function requestOf({ text, chosen, sort, after }: Question): SearchRequest {
  return {
    text,
    facets: chosen,
    sort: sortOf[sort],
    back: sort !== 'relevance' && sort !== 'name',
    limit: hitsPerPage,
    countFacets: shownFacets,
    facetLimit: valuesPerFacet,
    ...(after !== undefined && { after }),
  }
}

/** The link to a question that is like this one but for what is given; on its first page, unless `after` is given. */
export function linkTo(question: Question, change: Partial<Question>): string {
  const { text, chosen, sort, after } = { ...question, after: undefined, ...change }
  const parameters = new URLSearchParams([['q', text]])
  for (const facet of shownFacets) for (const value of chosen[facet] ?? []) parameters.append(facet, value)
  if (sort !== 'relevance') parameters.set('sort', sort)
  if (after !== undefined) parameters.set('after', after)
  return `/?${parameters}`
}

/** The same question with these values of a facet in place of those that it has. */
export function choosing(question: Question, facet: ShownFacet, values: readonly string[]): string {
  const { [facet]: _, ...others } = question.chosen
  return linkTo(question, { chosen: values.length === 0 ? others : { ...others, [facet]: values } })
}
