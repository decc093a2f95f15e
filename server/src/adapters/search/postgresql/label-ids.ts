import { type SearchFacet, searchFacets } from '../../../domain/search.ts'
import { facetKey } from '../../../ports/search/search.ts'
import { hashOf } from './hash-of.ts'
import type { IndexTables } from './index-tables.ts'
import type { Ask } from './search-pool.ts'

/** Owners have numbers as labels have. */
export type LabelGroup = SearchFacet | 'owner'

/** The number of a label ends in the place of its group here. The order is part of the format. */
const groups: readonly LabelGroup[] = [...searchFacets, 'owner']
export const groupBits = 4

export const groupNumber = (group: LabelGroup): number => groups.indexOf(group)

/** The number of the empty text as a namespace or a kind: of a document that has none. */
export const noLabel = 0

export const labelHash = (group: LabelGroup, label: string): string =>
  hashOf(`${groupNumber(group)}\0${label}`)
export const keyHash = (facet: SearchFacet, key: string): string => labelHash(facet, key)

/** Labels by their hashes, with their numbers. Those that are not there are in nobody's documents. */
export async function findLabels(
  ask: Ask,
  { labels }: IndexTables,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (hashes.length === 0) return new Map()
  const rows = await ask(`SELECT hash, id FROM ${labels} WHERE hash = ANY($1::uuid[])`, [hashes])
  return new Map(rows.map(([hash, id]) => [String(hash), Number(id)]))
}

/** Of each key, the numbers of all labels that people take for the same. */
export async function findKeys(
  ask: Ask,
  { labels }: IndexTables,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (keys.length === 0) return new Map()
  const rows = await ask(
    `SELECT key, array_to_string(array_agg(id), ' ') FROM ${labels} WHERE key = ANY($1::uuid[]) GROUP BY key`,
    [keys],
  )
  return new Map(rows.map(([key, ids]) => [String(key), String(ids).split(' ').map(Number)]))
}

export interface NamedLabel {
  readonly group: LabelGroup
  readonly label: string
}

/** Numbers of all of them, by hash; those that have none are given one. For one writer at a time. */
export async function giveNumbers(
  ask: Ask,
  tables: IndexTables,
  named: ReadonlyMap<string, NamedLabel>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map(await findLabels(ask, tables, [...named.keys()]))
  const missing = [...named].filter(([hash]) => !found.has(hash))
  if (missing.length === 0) return found
  const columns = [
    missing.map(([, { group }]) => groupNumber(group)),
    missing.map(([, { label }]) => label),
    missing.map(([hash]) => hash),
    missing.map(([hash, { group, label }]) => (group === 'owner' ? hash : keyHash(group, facetKey(label)))),
  ]
  const rows = await ask(
    `INSERT INTO ${tables.labels} (id, label, hash, key)
      SELECT (nextval('${tables.numbers}')::integer << ${groupBits}) | g, label, hash, key
      FROM unnest($1::integer[], $2::text[], $3::uuid[], $4::uuid[]) AS r(g, label, hash, key) RETURNING hash, id`,
    columns,
  )
  for (const [hash, id] of rows) found.set(String(hash), Number(id))
  return found
}
