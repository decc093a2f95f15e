import { searchFacets, searchFields, searchNumbers } from '../../../domain/search.ts'
import type { SearchDocument } from '../../../ports/search/search.ts'
import type { SqlParameter } from './bindings.ts'
import { hashOf } from './hash-of.ts'
import type { IndexTables } from './index-tables.ts'
import { type LabelGroup, labelHash, type NamedLabel, noLabel } from './label-ids.ts'
import { arrayOf, lexemesOf } from './lexemes.ts'
import { visibilityNumbers } from './narrow-sql.ts'
import type { Ask } from './search-pool.ts'

/** A document, its number, and what of it is written anew. */
export interface DocumentRow {
  readonly n: number
  readonly document: SearchDocument
  /** The index has the document, as it was before. */
  readonly isThere: boolean
  /** False where it has the same words and names as before. */
  readonly isSaidAnew: boolean
  /** False where it is completed as before. */
  readonly isBegunAnew: boolean
}

/** By which it is told whether words and names are the same. */
export const saidHash = ({ words, names }: SearchDocument): string =>
  hashOf(JSON.stringify([searchFields.map((field) => words[field]), names]))

export const begunHash = ({ beginnings, visibility, owner, home, facets }: SearchDocument): string =>
  hashOf(JSON.stringify([beginnings, visibility, owner, facets.namespace[0], home.kind, home.name]))

/** Every label and owner that the documents name, by hash. */
export function namedLabels(documents: readonly SearchDocument[]): ReadonlyMap<string, NamedLabel> {
  const named = new Map<string, NamedLabel>()
  for (const { facets, owner, home } of documents) {
    for (const group of searchFacets)
      for (const label of facets[group]) named.set(labelHash(group, label), { group, label })
    named.set(labelHash('owner', owner), { group: 'owner', label: owner })
    if (home.kind !== '') named.set(labelHash('kind', home.kind), { group: 'kind', label: home.kind })
  }
  return named
}

/** Whether one of them has more words than are indexed. */
export async function writeRows(
  ask: Ask,
  tables: IndexTables,
  {
    rows,
    numbers,
    lexemeBytes,
  }: {
    readonly rows: readonly DocumentRow[]
    readonly numbers: ReadonlyMap<string, number>
    readonly lexemeBytes: number
  },
): Promise<boolean> {
  if (rows.length === 0) return false
  const said = rows.filter(({ isSaidAnew }) => isSaidAnew)
  const begun = rows.filter(({ isBegunAnew }) => isBegunAnew)
  const lexemes = new Map(said.map(({ n, document }) => [n, lexemesOf(document, lexemeBytes)]))
  await writeDocs(ask, tables, rows, { numbers, lexemes })
  if (said.length > 0) await writeTexts(ask, tables, said)
  if (begun.length > 0) await writeBegins(ask, tables, begun, numbers)
  return Array.from(lexemes.values()).some(({ isLong }) => isLong)
}

interface WrittenAs {
  readonly numbers: ReadonlyMap<string, number>
  readonly lexemes: ReadonlyMap<number, ReturnType<typeof lexemesOf>>
}

type Column = readonly [
  name: string,
  type: string,
  value: (row: DocumentRow) => string | number | boolean | null,
]

async function writeDocs(
  ask: Ask,
  { docs }: IndexTables,
  rows: readonly DocumentRow[],
  { numbers, lexemes }: WrittenAs,
): Promise<void> {
  const columns: readonly Column[] = [
    ['n', 'integer', ({ n }) => n],
    ['id', 'text', ({ document }) => document.id],
    ['version', 'float8', ({ document }) => document.version],
    ...seenColumns(numbers),
    ['deprecated', 'boolean', ({ document }) => document.deprecated],
    ...searchNumbers.map((name): Column => [name, 'float8', ({ document }) => document.numbers[name]]),
    ['platform', 'text', ({ document }) => document.platform],
    ['name_key', 'text', ({ document }) => document.nameKey],
    ['weight', 'float8', ({ document }) => document.weight],
    ['labels', 'text', ({ document }) => `{${labelNumbers(document, numbers).join(',')}}`],
    ['lex', 'text', ({ n }) => arrayOrNull(lexemes.get(n)?.lexemes)],
    ['long', 'boolean', ({ n }) => lexemes.get(n)?.isLong ?? null],
    ['said', 'uuid', ({ document }) => saidHash(document)],
    ['begun', 'uuid', ({ document }) => begunHash(document)],
  ]
  const names = columns.map(([name]) => `"${name}"`)
  const read: Readonly<Record<string, string>> = {
    '"labels"': 'r.labels::integer[]',
    '"lex"': 'array_to_tsvector(r.lex::text[])',
  }
  const kept = ['"lex"', '"long"']
  // As they are they stay in their place, and no index hears of it.
  const standing = (name: string): string =>
    kept.includes(name) ? `COALESCE(${read[name] ?? `r.${name}`}, d.${name})` : (read[name] ?? `r.${name}`)
  const given = `unnest(${columns.map(([, type], at) => `$${at + 1}::${type}[]`).join(', ')}) AS r(${names.join(', ')})`
  const [there, fresh] = [rows.filter(({ isThere }) => isThere), rows.filter(({ isThere }) => !isThere)]
  if (there.length > 0) {
    const changed = names.filter((name) => name !== '"n"').map((name) => `${name} = ${standing(name)}`)
    // Words that are written anew are parted from their row anew.
    if (lexemes.size > 0) changed.push('filling = DEFAULT')
    await ask(
      `UPDATE ${docs} d SET ${changed.join(', ')} FROM ${given} WHERE d.n = r.n`,
      valuesOf(columns, there),
    )
  }
  // By themselves: what is gathered has no index yet by which it could be looked for.
  if (fresh.length > 0)
    await ask(
      `INSERT INTO ${docs} (${names.join(', ')}) SELECT ${names.map((name) => read[name] ?? `r.${name}`).join(', ')} FROM ${given}`,
      valuesOf(columns, fresh),
    )
}

async function writeTexts(ask: Ask, { texts }: IndexTables, rows: readonly DocumentRow[]): Promise<void> {
  const columns: readonly Column[] = [
    ['n', 'integer', ({ n }) => n],
    ...searchFields.map((field): Column => [field, 'text', ({ document }) => document.words[field]]),
  ]
  await insert(ask, texts, columns, rows)
}

/** One row for each beginning. */
async function writeBegins(
  ask: Ask,
  { begins }: IndexTables,
  rows: readonly DocumentRow[],
  numbers: ReadonlyMap<string, number>,
): Promise<void> {
  const each = rows.flatMap((row) =>
    row.document.beginnings.map((text) => ({ ...row, document: { ...row.document, beginnings: [text] } })),
  )
  const columns: readonly Column[] = [
    ['text', 'text', ({ document }) => document.beginnings[0] ?? ''],
    ['weight', 'float8', ({ document }) => document.weight],
    ['id', 'text', ({ document }) => document.id],
    ['n', 'integer', ({ n }) => n],
    ...seenColumns(numbers),
  ]
  if (each.length > 0) await insert(ask, begins, columns, each)
}

async function insert(
  ask: Ask,
  table: string,
  columns: readonly Column[],
  rows: readonly DocumentRow[],
): Promise<void> {
  const given = columns.map(([, type], at) => `$${at + 1}::${type}[]`).join(', ')
  await ask(
    `INSERT INTO ${table} (${columns.map(([name]) => `"${name}"`).join(', ')}) SELECT * FROM unnest(${given})`,
    valuesOf(columns, rows),
  )
}

const valuesOf = (columns: readonly Column[], rows: readonly DocumentRow[]): readonly SqlParameter[] =>
  columns.map(([, , value]) => rows.map((row) => value(row)))

/** What sight asks for. */
function seenColumns(numbers: ReadonlyMap<string, number>): readonly Column[] {
  const number = (group: LabelGroup, label: string | undefined): number =>
    label === undefined ? noLabel : (numbers.get(labelHash(group, label)) ?? noLabel)
  return [
    ['visibility', 'smallint', ({ document }) => visibilityNumbers[document.visibility]],
    ['namespace', 'integer', ({ document }) => number('namespace', document.facets.namespace[0])],
    ['owner', 'integer', ({ document }) => number('owner', document.owner)],
    ['kind', 'integer', ({ document }) => number('kind', document.home.kind)],
    ['home', 'text', ({ document }) => document.home.name],
  ]
}

function labelNumbers({ facets }: SearchDocument, numbers: ReadonlyMap<string, number>): readonly number[] {
  return searchFacets.flatMap((facet) =>
    facets[facet].flatMap((label) => numbers.get(labelHash(facet, label)) ?? []),
  )
}

const arrayOrNull = (texts: readonly string[] | undefined): string | null =>
  texts === undefined ? null : arrayOf(texts)
