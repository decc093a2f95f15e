import { type AskedSearch, readSearch, searchParameters, sortNames } from '../../api/search/read-search.ts'
import type { SearchFacet } from '../../domain/search.ts'

/** What narrows down beside the words, or asks for something else of an answer: a parameter and its value. */
export interface Choice {
  readonly name: string
  readonly value: string
}

/** What a visitor looks for. Beside the words it stands in links, so that every page can be sent to others. */
export interface Question {
  readonly text: string
  /** As they were given, each once: whether they can be answered is not said. */
  readonly chosen: readonly Choice[]
  readonly sort: SortName
  /** Where an earlier page ended. */
  readonly after: string | undefined
  /** From 1 on, unless it begins `after` another. */
  readonly page: number
  readonly pageSize: number
}

export type SortName = (typeof sortNames)[number]

/** By what people narrow down here; the API knows more. */
export const shownFacets: readonly SearchFacet[] = [
  'kind',
  'namespace',
  'category',
  'license',
  'topic',
  'language',
  'author',
]
const usualPage = 20
const valuesPerFacet = 10
const isElsewhere: ReadonlySet<string> = new Set(['q', 'sort', 'after', 'page', 'pageSize', 'limit'])

/** What a visitor asks by a link; undefined: nothing is looked for. */
export interface VisitorAsks {
  readonly question: Question
  /** @throws RegistryError `parameter-invalid`: as the API says it */
  asked(): AskedSearch
}

/** Mail and news put parameters into links that are nobody's wish, and forms have fields that nobody has filled. */
export function readQuestion(parameters: URLSearchParams): VisitorAsks | undefined {
  const given = [...parameters].filter(([name, value]) => name === 'q' || !(isAttached(name) || value === ''))
  // By that the list of repositories goes on.
  if (given.every(([name]) => name === 'last')) return undefined
  const wanted = new URLSearchParams(given.map(([name, value]) => [name, value]))
  const sort = sortNames.find((name) => name === wanted.get('sort'))
  const chosen = new Map(
    given
      .filter(([name]) => !isElsewhere.has(name) || (name === 'sort' && sort === undefined))
      .map(([name, value]) => [`${name}=${value}`, { name, value }]),
  )
  return {
    question: {
      text: wanted.get('q') ?? '',
      chosen: [...chosen.values()],
      sort: sort ?? 'relevance',
      after: wanted.get('after') ?? undefined,
      page: countIn(wanted.get('page'), 1),
      pageSize: countIn(wanted.get('pageSize') ?? wanted.get('limit'), usualPage),
    },
    asked: () => countingFacets(readSearch(wanted)),
  }
}

/** What is no count is refused when it is asked. */
function countIn(text: string | null, usual: number): number {
  return text !== null && /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : usual
}

const isAttached = (name: string): boolean => name.startsWith('utm_')

function countingFacets({ request, ...rest }: AskedSearch): AskedSearch {
  const { countFacets = [], facetLimit = valuesPerFacet } = request
  const counted = countFacets.length === 0 ? shownFacets : countFacets
  return { request: { ...request, countFacets: counted, facetLimit }, ...rest }
}

/** The link to a question that is like this one but for what is given; on its first page, unless another is given. */
export function linkTo(question: Question, change: Partial<Question>): string {
  const { text, chosen, sort, after, page, pageSize } = { ...question, after: undefined, page: 1, ...change }
  const parameters = new URLSearchParams([['q', text]])
  for (const { name, value } of chosen) parameters.append(name, value)
  if (sort !== 'relevance') parameters.set('sort', sort)
  if (pageSize !== usualPage) parameters.set(after === undefined ? 'pageSize' : 'limit', String(pageSize))
  if (after !== undefined) parameters.set('after', after)
  else if (page > 1) parameters.set('page', String(page))
  return `/?${parameters}`
}

/** What a form has beside the words, so that they are looked for among the same. What nobody knows is left behind. */
export function keptBeside({ chosen, sort, pageSize }: Question): readonly Choice[] {
  return [
    ...chosen.filter(({ name }) => name !== 'sort' && searchParameters.includes(name)),
    ...(sort === 'relevance' ? [] : [{ name: 'sort', value: sort }]),
    ...(pageSize === usualPage ? [] : [{ name: 'pageSize', value: String(pageSize) }]),
  ]
}

/** The same question with this value of a facet in place of those that it has. */
export function choosing(question: Question, facet: SearchFacet, value: string): string {
  const others = question.chosen.filter(({ name }) => name !== facet)
  return linkTo(question, { chosen: [...others, { name: facet, value }] })
}
