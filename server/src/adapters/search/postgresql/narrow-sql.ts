import type { Visibility } from '../../../domain/artifact.ts'
import type { SearchFacet, Sight, SightClause } from '../../../domain/search.ts'
import type { EngineQuery, SearchFilter } from '../../../ports/search/search.ts'
import type { Bindings } from './bindings.ts'
import type { IndexTables } from './index-tables.ts'
import { findKeys, findLabels, keyHash, type LabelGroup, labelHash, noLabel } from './label-ids.ts'
import type { Ask } from './search-pool.ts'

/** The numbers of all labels and owners that a question names. */
export interface KnownLabels {
  readonly labels: ReadonlyMap<string, number>
  readonly keys: ReadonlyMap<string, readonly number[]>
}

export const visibilityNumbers: Readonly<Record<Visibility, number>> = { public: 0, unlisted: 1, private: 2 }

export async function labelsOf(
  ask: Ask,
  tables: IndexTables,
  { sight, filter }: { readonly sight: Sight; readonly filter?: SearchFilter },
): Promise<KnownLabels> {
  const seen = sight.flatMap(({ namespaces = [], exceptNamespaces = [], owners = [], kinds = [] }) => [
    ...[...namespaces, ...exceptNamespaces].map((label) => labelHash('namespace', label)),
    ...owners.map((label) => labelHash('owner', label)),
    ...kinds.map((label) => labelHash('kind', label)),
  ])
  const wanted = (filter?.facets ?? []).flatMap(({ facet, keys }) => keys.map((key) => keyHash(facet, key)))
  const [labels, keys] = await Promise.all([
    findLabels(ask, tables, [...new Set(seen)]),
    findKeys(ask, tables, [...new Set(wanted)]),
  ])
  return { labels, keys }
}

/** What holds for rows in sight; undefined where all are. */
export function sightSql(sight: Sight, { labels }: KnownLabels, bindings: Bindings): string | undefined {
  // Nothing may be bound that no condition has.
  if (sight.some(isEverything)) return undefined
  const among = (column: string, numbers: readonly number[]): string =>
    `${column} = ANY(${bindings.add(numbers)}::integer[])`
  const numbersOf = (group: LabelGroup, names: readonly string[]): readonly number[] =>
    names.flatMap((name) => [
      ...(labels.has(labelHash(group, name)) ? [labels.get(labelHash(group, name)) ?? 0] : []),
      ...(name === '' && group !== 'owner' ? [noLabel] : []),
    ])
  const clauses = sight.map(({ visibilities, namespaces, exceptNamespaces, owners, kinds, names = [] }) => {
    const numbers = visibilities?.map((one) => visibilityNumbers[one])
    return [
      ...(numbers === undefined ? [] : [among('visibility', numbers)]),
      ...(namespaces === undefined ? [] : [among('namespace', numbersOf('namespace', namespaces))]),
      ...(exceptNamespaces === undefined
        ? []
        : [`NOT ${among('namespace', numbersOf('namespace', exceptNamespaces))}`]),
      ...(owners === undefined ? [] : [among('owner', numbersOf('owner', owners))]),
      ...(kinds === undefined ? [] : [among('kind', numbersOf('kind', kinds))]),
      ...names.map((globs) => namesSql(globs, bindings)),
    ].join(' AND ')
  })
  return clauses.length === 0 ? 'false' : `(${clauses.map((one) => `(${one})`).join(' OR ')})`
}

const isEverything = ({ names = [], ...rest }: SightClause): boolean =>
  names.length === 0 && Object.values(rest).every((one) => one === undefined)

function namesSql(globs: readonly string[], bindings: Bindings): string {
  const patterns = globs.filter((glob) => glob.includes('*')).map(likeOf)
  const names = globs.filter((glob) => !glob.includes('*'))
  return `(home = ANY(${bindings.add(names)}::text[]) OR home LIKE ANY(${bindings.add(patterns)}::text[]))`
}

const likeOf = (glob: string): string => glob.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')

/** Ranges, platform and deprecation. */
export function besideSql({ ranges, platform, deprecated }: SearchFilter, bindings: Bindings): string[] {
  const number = (value: number): string => `${bindings.add(value)}::float8`
  const text = (value: string): string => `${bindings.add(value)}::text`
  return [
    ...(deprecated === undefined ? [] : [deprecated ? 'deprecated' : 'NOT deprecated']),
    ...ranges.map(
      ({ number: name, from = 0, to = Number.MAX_SAFE_INTEGER }) =>
        `"${name}" BETWEEN ${number(from)} AND ${number(to)}`,
    ),
    ...(platform === undefined
      ? []
      : [
          platform.length === 0
            ? 'false'
            : `(platform <> '' AND (${platform
                .map(({ from = '', below }) =>
                  [
                    `platform >= ${text(from)}`,
                    ...(below === undefined ? [] : [`platform < ${text(below)}`]),
                  ].join(' AND '),
                )
                .map((one) => `(${one})`)
                .join(' OR ')}))`,
        ]),
  ]
}

/** Of each facet of the filter, what holds where all of its entries do. */
export function facetsSql(
  { filter }: EngineQuery,
  { keys: known }: KnownLabels,
  bindings: Bindings,
): ReadonlyMap<SearchFacet, string> {
  const found = new Map<SearchFacet, string>()
  for (const { facet, keys } of filter.facets) {
    const numbers = keys.flatMap((key) => known.get(keyHash(facet, key)) ?? [])
    const holds = `d.labels && ${bindings.add(numbers)}::integer[]`
    const before = found.get(facet)
    found.set(facet, before === undefined ? holds : `${before} AND ${holds}`)
  }
  return found
}
