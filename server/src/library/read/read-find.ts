import type { ArtifactFilter, FindArtifacts } from '../../boot/compose/artifacts.ts'
import { type ArtifactOrder, artifactOrders } from '../../core/artifacts/tables.ts'
import type { Limits } from '../../core/ledger/limits.ts'
import { customIn, entriesOf, flagIn, invalid, membersOf, oneOf, textIn } from './given.ts'
import { readCursor } from './page-cursor.ts'

const usualLimit = 100

const filterNames = [
  'type',
  'tags',
  'skills',
  'author',
  'organization',
  'published',
  'deleted',
  'custom',
] as const

/** What `find` was given; artifacts in the order in which they were made where nothing is said of it. */
export function readFind(given: unknown, limits: Limits): FindArtifacts {
  const { filter, sort, pagination } = optionsIn(given, ['filter', 'sort', 'pagination'])
  const ordering = readSort(sort)
  return { filter: readFilter(filter, limits), ...ordering, ...readPagination(pagination, ordering, limits) }
}

/** What `count` was given. */
export function readCount(given: unknown, limits: Limits): ArtifactFilter {
  return readFilter(optionsIn(given, ['filter']).filter, limits)
}

function optionsIn<N extends string>(
  given: unknown,
  names: readonly N[],
): { readonly [Name in N]?: unknown } {
  return given === undefined ? {} : membersOf(given, { field: '', as: 'options' }, names)
}

function readFilter(given: unknown, limits: Limits): ArtifactFilter {
  if (given === undefined) return {}
  const { type, tags, skills, author, organization, published, deleted, custom } = membersOf(
    given,
    { field: 'filter', as: 'filter' },
    filterNames,
  )
  const { titleLength, termLength, termsPerArtifact } = limits
  // Without blanks around them, as they are kept.
  const texts = (value: unknown, name: string, most: number): readonly string[] =>
    entriesOf(value, `filter.${name}`, termsPerArtifact, 'limits.termsPerArtifact').map((one, at) =>
      textIn(one, `filter.${name}[${at}]`, most).trim(),
    )
  const kinds = type === undefined ? [] : texts(typeof type === 'string' ? [type] : type, 'type', titleLength)
  const topics = tags === undefined ? [] : texts(tags, 'tags', termLength)
  const skilled = skills === undefined ? [] : texts(skills, 'skills', termLength)
  return {
    // A list of nothing asks for nothing in particular.
    ...(kinds.length > 0 && { kinds: [...new Set(kinds)] }),
    ...(topics.length > 0 && { anyTopic: topics }),
    ...(skilled.length > 0 && { anySkill: skilled }),
    ...(author !== undefined && { author: textIn(author, 'filter.author', titleLength).trim() }),
    ...(organization !== undefined && {
      organization: textIn(organization, 'filter.organization', titleLength).trim(),
    }),
    ...(published !== undefined && { published: flagIn(published, 'filter.published') }),
    ...(deleted !== undefined && { withDeleted: flagIn(deleted, 'filter.deleted') }),
    ...(custom !== undefined && {
      custom: customIn(custom, 'filter.custom', limits),
    }),
  }
}

interface Ordering {
  readonly order: ArtifactOrder
  readonly back: boolean
}

function readSort(given: unknown): Ordering {
  if (given === undefined) return { order: 'createdAt', back: false }
  const { field, order } = membersOf(given, { field: 'sort', as: 'sort' }, ['field', 'order'])
  return {
    order: oneOf(field, 'sort.field', artifactOrders),
    back: order !== undefined && oneOf(order, 'sort.order', ['asc', 'desc']) === 'desc',
  }
}

function readPagination(
  given: unknown,
  ordering: Ordering,
  limits: Limits,
): Pick<FindArtifacts, 'limit' | 'offset' | 'after'> {
  const { pageSize } = limits
  if (given === undefined) return { limit: Math.min(usualLimit, pageSize) }
  const { offset, limit, after } = membersOf(given, { field: 'pagination', as: 'pagination' }, [
    'offset',
    'limit',
    'after',
  ])
  if (offset !== undefined && after !== undefined)
    throw invalid('pagination.offset', 'a page begins at a number or after a page, not both')
  return {
    limit:
      limit === undefined
        ? Math.min(usualLimit, pageSize)
        : numberIn(limit, 'pagination.limit', { least: 1, most: pageSize }),
    ...(offset !== undefined && {
      offset: numberIn(offset, 'pagination.offset', { least: 0, most: Number.MAX_SAFE_INTEGER }),
    }),
    ...(after !== undefined && { after: readCursor(after, ordering, limits) }),
  }
}

function numberIn(
  value: unknown,
  field: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value
  throw invalid(field, `it is no whole number from ${least} to ${most}`)
}
