import { type SearchField, searchFields } from '../../../domain/search.ts'
import type { IndexChange, Mark, SearchDocument, WholeChange } from '../../../ports/search/search.ts'
import { countUses } from './count-uses.ts'
import { begunHash, type DocumentRow, namedLabels, saidHash, writeRows } from './document-rows.ts'
import { goneVersions, rememberGone } from './gone-rows.ts'
import { type IndexTables, tablesOf } from './index-tables.ts'
import { giveNumbers } from './label-ids.ts'
import { vocabularyOf } from './lexemes.ts'
import { readPointer } from './pointer.ts'
import type { SearchLimits } from './search-options.ts'
import type { Ask } from './search-pool.ts'
import { WordCounts } from './vocabulary.ts'

/** In one transaction. Whoever comes at the same time waits for the pointer: there is one writer. */
export async function applyChanges(
  ask: Ask,
  changes: readonly IndexChange[],
  { from, to, limits }: { readonly from: Mark; readonly to: Mark; readonly limits: SearchLimits },
): Promise<'applied' | 'moved'> {
  const pointer = await readPointer(ask, 'FOR UPDATE')
  if (pointer === undefined || pointer.mark !== from) return 'moved'
  const tables = tablesOf(pointer.generation)
  const newest = newestOf(changes.filter((change) => change.do !== 'count'))
  const ids = [...newest.keys()]
  const [before, goneIn] = await Promise.all([standing(ask, tables, ids), goneVersions(ask, tables, ids)])
  const wanted = [...newest.values()].filter((change) => {
    const id = idOf(change)
    const version = before.get(id)?.version ?? goneIn.get(id)
    return version === undefined || versionOf(change) >= version
  })
  const puts = wanted.flatMap((change) => (change.do === 'put' ? [change.document] : []))
  const gone = wanted.flatMap((change) => {
    const now = change.do === 'remove' ? before.get(change.id) : undefined
    return now === undefined ? [] : [now]
  })
  const rows = await rowsOf(ask, tables, puts, before)
  const counts = new WordCounts()
  const isOld = ({ n }: DocumentRow): boolean => known.has(n)
  const known = new Set([...before.values()].map(({ n }) => n))
  const unsaid = [...rows.filter((row) => row.isSaidAnew && isOld(row)), ...gone].map(({ n }) => n)
  for (const words of await textsOf(ask, tables, unsaid)) counts.add(vocabularyOf(words), -1)
  for (const { document, isSaidAnew } of rows) if (isSaidAnew) counts.add(vocabularyOf(document.words), 1)
  const removed = gone.map(({ n }) => n)
  const unbegun = [...rows.filter((row) => row.isBegunAnew && isOld(row)).map(({ n }) => n), ...removed]
  await remove(ask, tables.docs, removed)
  await remove(ask, tables.texts, unsaid)
  await remove(ask, tables.begins, unbegun)
  const hasLong = await writeRows(ask, tables, {
    rows,
    numbers: await giveNumbers(ask, tables, namedLabels(puts)),
    lexemeBytes: limits.lexemeBytes,
  })
  await rememberGone(ask, tables, {
    removed: wanted.flatMap((change) => (change.do === 'remove' ? [change] : [])),
    back: puts.flatMap(({ id }) => (goneIn.has(id) ? [id] : [])),
    seconds: limits.goneSeconds,
  })
  await counts.write(ask, tables)
  await countUses(
    ask,
    tables,
    changes.filter((change) => change.do === 'count'),
  )
  await ask(
    `UPDATE lading_search_state SET mark = $1, changes = changes + 1, documents = documents + $2, has_long = has_long OR $3`,
    [to, rows.filter((row) => !isOld(row)).length - gone.length, hasLong],
  )
  return 'applied'
}

interface Standing {
  readonly n: number
  readonly version: number
  readonly weight: number
  readonly said: string
  readonly begun: string
}

const idOf = (change: WholeChange): string => (change.do === 'put' ? change.document.id : change.id)
const versionOf = (change: WholeChange): number =>
  change.do === 'put' ? change.document.version : change.version

/** Of several changes of one id the one that is newest, of equal ones the last. */
function newestOf(changes: readonly WholeChange[]): ReadonlyMap<string, WholeChange> {
  const newest = new Map<string, WholeChange>()
  for (const change of changes) {
    const other = newest.get(idOf(change))
    if (other === undefined || versionOf(change) >= versionOf(other)) newest.set(idOf(change), change)
  }
  return newest
}

async function standing(
  ask: Ask,
  { docs }: IndexTables,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  if (ids.length === 0) return new Map()
  const rows = await ask(
    `SELECT id, n, version, weight, said, begun FROM ${docs} WHERE id = ANY($1::text[])`,
    [ids],
  )
  return new Map(
    rows.map(([id, n, version, weight, said, begun]) => [
      String(id),
      {
        ...{ n: Number(n), version: Number(version), weight: Number(weight) },
        ...{ said: String(said), begun: String(begun) },
      },
    ]),
  )
}

async function rowsOf(
  ask: Ask,
  { numbers }: IndexTables,
  documents: readonly SearchDocument[],
  before: ReadonlyMap<string, Standing>,
): Promise<readonly DocumentRow[]> {
  const fresh = documents.filter(({ id }) => !before.has(id))
  const given =
    fresh.length === 0
      ? []
      : await ask(`SELECT nextval('${numbers}') FROM generate_series(1, ${fresh.length})`)
  const own = new Map(fresh.map(({ id }, at) => [id, Number(given[at]?.[0])]))
  return documents.map((document): DocumentRow => {
    const now = before.get(document.id)
    return {
      n: now?.n ?? own.get(document.id) ?? 0,
      document,
      isThere: now !== undefined,
      isSaidAnew: now?.said !== saidHash(document),
      isBegunAnew: now?.begun !== begunHash(document) || now.weight !== document.weight,
    }
  })
}

async function textsOf(
  ask: Ask,
  { texts }: IndexTables,
  numbers: readonly number[],
): Promise<readonly SearchDocument['words'][]> {
  if (numbers.length === 0) return []
  const rows = await ask(`SELECT ${searchFields.join(', ')} FROM ${texts} WHERE n = ANY($1::integer[])`, [
    numbers,
  ])
  return rows.map(
    (row) =>
      Object.fromEntries(searchFields.map((field, at) => [field, String(row[at])])) as Record<
        SearchField,
        string
      >,
  )
}

async function remove(ask: Ask, table: string, numbers: readonly number[]): Promise<void> {
  if (numbers.length > 0) await ask(`DELETE FROM ${table} WHERE n = ANY($1::integer[])`, [numbers])
}
