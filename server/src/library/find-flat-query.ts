import type { ArtifactFilter, FindEntries } from '../boot/compose/artifacts.ts'
import { type ArtifactOrder, artifactOrders } from '../core/artifacts/tables.ts'
import type { Limits } from '../core/ledger/limits.ts'
import { visibilities } from '../domain/artifact.ts'
import { readFlatCursor } from './find-flat-cursor.ts'
import { namespaceIn } from './flat-given.ts'
import { entriesOf, flagIn, invalid, membersOf, oneOf, textIn } from './read/given.ts'

const usualLimit = 100
const filterNames = [
  'type',
  'tags',
  'skills',
  'orgId',
  'ownerId',
  'published',
  'deleted',
  'visibility',
  'isLatest',
  'text',
] as const
const pageNames = ['limit', 'offset', 'after', 'sort'] as const
type Given = { readonly [Name in (typeof filterNames)[number]]?: unknown }

/** What a query asks for, in the core's words. */
export interface FlatQuery extends FindEntries {
  readonly offset: number
  /** Words for the search engine, and whether its order is to be kept. */
  readonly text?: string
  readonly isSorted: boolean
}

export type FlatFilter = Pick<FlatQuery, 'filter' | 'which' | 'text'>

/** What `find` was given. @throws ValidationError */
export function readQuery(given: unknown, limits: Limits): FlatQuery {
  const fields = queryIn(given, [...filterNames, ...pageNames])
  const { limit, offset, after, sort } = fields
  if (offset !== undefined && after !== undefined)
    throw invalid('offset', 'a page begins at a number or after a page, not both')
  const read = { ...readFilter(fields, limits), ...readSort(sort) }
  return {
    ...read,
    isSorted: sort !== undefined,
    limit:
      limit === undefined
        ? Math.min(usualLimit, limits.pageSize)
        : numberIn(limit, 'limit', { least: 1, most: limits.pageSize }),
    offset:
      offset === undefined ? 0 : numberIn(offset, 'offset', { least: 0, most: Number.MAX_SAFE_INTEGER }),
    // What a search engine has found is paged by number.
    ...(after !== undefined && read.text === undefined && { after: readFlatCursor(after, read, limits) }),
    ...(after !== undefined && read.text !== undefined && { offset: readFlatOffset(after) }),
  }
}

/** What `count` was given; what says which page of it is passed over. @throws ValidationError */
export function readCounted(given: unknown, limits: Limits): FlatFilter {
  return readFilter(queryIn(given, [...filterNames, ...pageNames]), limits)
}

function queryIn<N extends string>(given: unknown, names: readonly N[]): { readonly [Name in N]?: unknown } {
  return given === undefined ? {} : membersOf(given, { field: '', as: 'query' }, names)
}

function readFilter(given: Given, limits: Limits): FlatFilter {
  const { type, tags, skills, orgId, ownerId, published, deleted, visibility, isLatest, text } = given
  const { titleLength, textLength, termLength, termsPerArtifact } = limits
  // Without blanks around them, as they are kept.
  const texts = (value: unknown, name: string, most: number): readonly string[] =>
    entriesOf(value, name, termsPerArtifact, 'limits.termsPerArtifact').map((one, at) =>
      textIn(one, `${name}[${at}]`, most).trim(),
    )
  const many = (value: unknown): unknown => (typeof value === 'string' ? [value] : value)
  const kinds = type === undefined ? [] : texts(many(type), 'type', titleLength)
  const topics = tags === undefined ? [] : texts(tags, 'tags', termLength)
  const skilled = skills === undefined ? [] : texts(skills, 'skills', termLength)
  const seen = visibility === undefined ? [] : texts(many(visibility), 'visibility', titleLength)
  const filter: ArtifactFilter = {
    // A list of nothing asks for nothing in particular.
    ...(kinds.length > 0 && { kinds: [...new Set(kinds)] }),
    ...(topics.length > 0 && { allTopics: topics }),
    ...(skilled.length > 0 && { allSkills: skilled }),
    ...(orgId !== undefined && { namespace: namespaceIn(orgId, limits) }),
    ...(ownerId !== undefined && { owner: textIn(ownerId, 'ownerId', titleLength) }),
    ...(published !== undefined && { published: flagIn(published, 'published') }),
    ...(deleted !== undefined && { withDeleted: flagIn(deleted, 'deleted') }),
    ...(seen.length > 0 && { visibility: seen.map((one) => oneOf(one, 'visibility', visibilities)) }),
  }
  const which =
    isLatest === undefined ? 'all' : flagIn(isLatest, 'isLatest') ? ('standing' as const) : 'others'
  return { filter, which, ...(text !== undefined && { text: textIn(text, 'text', textLength) }) }
}

function readSort(given: unknown): { readonly order: ArtifactOrder; readonly back: boolean } {
  if (given === undefined) return { order: 'createdAt', back: false }
  const names = ['field', 'order'] as const
  const { field, order } = membersOf(given, { field: 'sort', as: 'sort' }, names)
  return {
    order: oneOf(field, 'sort.field', artifactOrders),
    back: order !== undefined && oneOf(order, 'sort.order', ['asc', 'desc']) === 'desc',
  }
}

/** How many of something there shall be at most. @throws ValidationError */
export function limitIn(value: unknown, usual: number, { pageSize }: Limits): number {
  return value === undefined
    ? Math.min(usual, pageSize)
    : numberIn(value, 'limit', { least: 1, most: pageSize })
}

export function numberIn(
  value: unknown,
  field: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value
  throw invalid(field, `it is no whole number from ${least} to ${most}`)
}

/** `next` of a page of what a search engine found. */
function readFlatOffset(given: unknown): number {
  const [, digits] = /^found-([0-9]{1,15})$/.exec(textIn(given, 'after', 30)) ?? []
  if (digits === undefined) throw invalid('after', 'it is none that a page of this query ended with')
  return Number(digits)
}

export function writeFlatOffset(offset: number): string {
  return `found-${offset}`
}
