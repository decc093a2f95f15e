import { createHash } from 'node:crypto'
import type { SearchPlace } from '../../ports/search/search.ts'
import { invalid } from './plan-search.ts'
import type { Relaxed, SearchRequest } from './search-request.ts'

/** Where a page begins: after a hit, or, by relevance, after so many. And how far the question was relaxed by then. */
export interface SearchCursor {
  readonly relaxed: Relaxed
  readonly place?: SearchPlace
  readonly offset: number
}

/** Names by which lists are sorted, and ids, are shorter. */
const longestText = 1_000
const stages: readonly Relaxed[] = ['none', 'typos', 'any']

export function writeSearchCursor(request: SearchRequest, { relaxed, place, offset }: SearchCursor): string {
  const at = place === undefined ? [offset] : [offset, place.value, place.id]
  return Buffer.from(JSON.stringify([questionOf(request), stages.indexOf(relaxed), ...at])).toString(
    'base64url',
  )
}

/** @throws RegistryError `parameter-invalid`: it is none, or of another question */
export function readSearchCursor(request: SearchRequest, text: string): SearchCursor {
  const [question, stage, offset, value, id] = membersIn(text)
  const relaxed = typeof stage === 'number' ? stages[stage] : undefined
  const place = placeIn(request, value, id)
  const isOffset = typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0
  if (relaxed === undefined || !isOffset || place === false)
    throw invalid('after', 'it is not what an earlier page gave as next')
  if (question !== questionOf(request))
    throw invalid('after', 'the page that it ended was of another question: ask for the first page anew')
  return { relaxed, offset, ...(place !== undefined && { place }) }
}

/** What stands in a cursor may be anybody's. undefined: by relevance there is none; false: there is none that can be. */
function placeIn(
  { sort = 'relevance' }: SearchRequest,
  value: unknown,
  id: unknown,
): SearchPlace | undefined | false {
  if (sort === 'relevance') return value === undefined && id === undefined ? undefined : false
  if (!isText(id) || id === '') return false
  if (sort === 'name') return isText(value) && { value, id }
  return typeof value === 'number' && Number.isFinite(value) && { value, id }
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= longestText && value.isWellFormed() && !value.includes('\0')

function membersIn(text: string): readonly unknown[] {
  try {
    const found: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(found) ? found : []
  } catch {
    return []
  }
}

/** What pages must have in common. */
function questionOf({
  text,
  facets,
  ranges,
  platform,
  deprecated,
  sort,
  back,
  asTyped,
  boosts,
}: SearchRequest): string {
  const asked = [text, facets, ranges, platform, deprecated, sort, back, asTyped, boosts]
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 12)
}
