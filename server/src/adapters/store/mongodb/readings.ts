import type { Filter, FindCursor, ReadConcernLike, ReadPreferenceLike } from 'mongodb'
import { Long } from 'mongodb'
import type { Find, Key, Page, Position, ReadFrom, Stored, UniqueKey } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { Log, Row, Table, Value } from '../../../ports/store/table.ts'
import { tableNamed } from '../shared/checked-batch.ts'
import {
  type CheckedFind,
  checkedCount,
  checkedFind,
  checkedLimit,
  checkedPosition,
} from '../shared/checked-query.ts'
import { cursorAfter } from '../shared/cursor.ts'
import type { Declared, DeclaredTable } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { keptKey } from '../shared/values.ts'
import { type Collections, indexName, placeField } from './collections.ts'
import { columnsOf, type RowDocument, rowOf } from './documents.ts'
import { onceSteady } from './once-steady.ts'
import { beyondAll, sortText } from './sort-text.ts'

/** What the engine keeps for itself need not travel. */
const projection = { _by: 0, _checks: 0 } as const
/** All that a command reads is of one moment, though it takes several looks. */
const ofOneMoment: ReadConcernLike = { level: 'snapshot' }

interface ReadOptions {
  readonly maxTimeMS: number
  readonly readPreference: ReadPreferenceLike
}

/** Throws StoreError `permanent` where what is asked is malformed, and errors of the driver. */
export class Readings {
  readonly #schema: Declared
  readonly #collections: Collections
  readonly #maxTimeMS: number

  constructor(schema: Declared, collections: Collections, maxTimeMS: number) {
    this.#schema = schema
    this.#collections = collections
    this.#maxTimeMS = maxTimeMS
  }

  async get<R extends Row>(
    table: Table<R>,
    key: Key | UniqueKey,
    from?: ReadFrom,
  ): Promise<Stored<R> | undefined> {
    const known = this.#table(table.name)
    const filter = Array.isArray(key) ? byKey(known, key) : byUnique(known, key as UniqueKey)
    const found = await this.#rows(known).findOne(filter, { ...this.#options(from), projection })
    return found === null ? undefined : (rowOf(known, found) as Stored<R>)
  }

  async getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    const known = this.#table(table.name)
    if (keys.length > storeLimits.keysPerGetMany)
      throw refused(`getMany takes at most ${storeLimits.keysPerGetMany} keys, not ${keys.length}`)
    const ids = keys.map((key) => idOf(known, key))
    const cursor = this.#rows(known).find({ _id: { $in: ids } }, { ...this.#options(), projection })
    const found = new Map<string, RowDocument>()
    for (const document of await cursor.toArray()) found.set(document._id, document)
    return ids.map((id) => {
      const document = found.get(id)
      return document && (rowOf(known, document) as Stored<R>)
    })
  }

  async find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>> {
    const known = this.#table(table.name)
    const asked = checkedFind(known, query)
    const { rest, back, limit } = asked
    const field = placeField(query.index)
    const range = rangeOf(asked)
    const documents = await onceSteady(this.#maxTimeMS, () =>
      this.#inOrder(known, query.index, range, query.from)
        .project<RowDocument>(projection)
        .sort({ [field]: back ? -1 : 1 })
        .limit(limit + 1)
        .toArray(),
    )
    const rows = documents.slice(0, limit).map((document) => rowOf(known, document) as Stored<R>)
    const last = rows.at(-1)
    if (last === undefined || documents.length <= limit) return { rows }
    return { rows, next: cursorAfter(last, rest, { table: known.name, index: query.index, back }) }
  }

  async count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    const known = this.#table(table.name)
    const { order, eq, upTo } = checkedCount(known, query)
    const prefix = sortText(order, eq)
    const filter = { [placeField(query.index)]: { $gte: prefix, $lt: prefix + beyondAll } }
    const options = { ...this.#options(), readConcern: ofOneMoment, hint: hintOf(query.index) }
    return await onceSteady(this.#maxTimeMS, () =>
      this.#rows(known).countDocuments(filter as Filter<RowDocument>, { ...options, limit: upTo }),
    )
  }

  async tail<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: { readonly at: Position; readonly row: R }[] }> {
    const known = tableNamed(this.#schema.logs, 'log', log.name)
    const from = checkedPosition(after)
    const most = checkedLimit(limit)
    const filter = { _id: { $gt: Long.fromNumber(from) as never } }
    const documents = await onceSteady(this.#maxTimeMS, () =>
      this.#collections
        .entries(known.name)
        .find(filter, { ...this.#options(), readConcern: ofOneMoment })
        .sort({ _id: 1 })
        .limit(most)
        .toArray(),
    )
    const entries = documents.map((document) => ({
      at: String(document._id) as Position,
      row: columnsOf(known, document) as R,
    }))
    return { entries }
  }

  async last(log: Log): Promise<Position | undefined> {
    const { name } = tableNamed(this.#schema.logs, 'log', log.name)
    const found = await this.#collections.logs.findOne({ _id: name }, this.#options())
    return found === null || found.last === 0 ? undefined : (String(found.last) as Position)
  }

  #inOrder(
    table: DeclaredTable,
    index: string,
    range: Readonly<Record<string, string>>,
    from?: ReadFrom,
  ): FindCursor<RowDocument> {
    const filter = { [placeField(index)]: range } as Filter<RowDocument>
    const options = { ...this.#options(from), readConcern: ofOneMoment, hint: hintOf(index) }
    return this.#rows(table).find(filter, options) as FindCursor<RowDocument>
  }

  #options(from: ReadFrom = 'primary'): ReadOptions {
    return {
      maxTimeMS: this.#maxTimeMS,
      readPreference: from === 'replica' ? 'secondaryPreferred' : 'primary',
    }
  }

  #rows(table: DeclaredTable): ReturnType<Collections['table']> {
    return this.#collections.table(table.name)
  }

  #table(name: string): DeclaredTable {
    return tableNamed(this.#schema.tables, 'table', name)
  }
}

const hintOf = (index: string): string => (index === 'key' ? '_id_' : indexName(index))

function idOf({ name, key: columns }: DeclaredTable, key: Key): string {
  return sortText(columns, keptKey(name, columns, key))
}

const byKey = (table: DeclaredTable, key: Key): Filter<RowDocument> => ({ _id: idOf(table, key) })

function byUnique({ name, unique }: DeclaredTable, key: UniqueKey): Filter<RowDocument> {
  const columns = unique.get(key.unique)
  if (columns === undefined) throw refused(`table ${name} has no unique key ${JSON.stringify(key.unique)}`)
  const text = sortText(columns, keptKey(name, columns, key.values))
  return { [placeField(key.unique)]: text } as Filter<RowDocument>
}

/** Where in the index the rows of a page lie. */
function rangeOf({ order, eq, rest, bounds, back }: CheckedFind): Readonly<Record<string, string>> {
  const prefix = sortText(order, eq)
  const texts = bounds.map((values) => prefix + sortText(rest, values))
  if (back) return { $gte: prefix, $lt: least([...texts, prefix + beyondAll]) }
  const from = texts.map((text) => text + beyondAll)
  return { $gte: greatest([prefix, ...from]), $lt: prefix + beyondAll }
}

// None of their characters is above U+0100, where the order of UTF-16 is that of UTF-8.
const least = (texts: readonly string[]): string => texts.reduce((one, other) => (other < one ? other : one))
const greatest = (texts: readonly string[]): string =>
  texts.reduce((one, other) => (other > one ? other : one))
