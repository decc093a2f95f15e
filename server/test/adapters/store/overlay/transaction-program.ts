import fc from 'fast-check'
import { append, check, insert, patch, put, remove } from '../../../../src/ports/store/change.ts'
import type { BatchId, Change, Find, Key, Page, Store, UniqueKey } from '../../../../src/ports/store/store.ts'
import {
  type Counter,
  counters,
  happening,
  happenings,
  type Item,
  item,
  items,
} from '../../../../src/ports/store/suite/sample.ts'
import type { Table } from '../../../../src/ports/store/table.ts'

/** A change among so few rows that guards and unique keys often stand in its way. `current`: one that fits the row as it is. */
export interface Draft {
  readonly do: 'insert' | 'put' | 'patch' | 'touch' | 'count' | 'remove' | 'check' | 'append'
  readonly row: number
  readonly serial: number
  readonly label: number
  readonly size: number
  readonly current: boolean
}

export type Step =
  | { readonly do: 'commit'; readonly drafts: readonly Draft[] }
  | { readonly do: 'read'; readonly key: number }
  | { readonly do: 'readUnique'; readonly serial: number }
  | { readonly do: 'find'; readonly query: Find; readonly counted: number }

const small = (max: number): fc.Arbitrary<number> => fc.nat({ max })

const draft: fc.Arbitrary<Draft> = fc.record({
  do: fc.constantFrom(
    'insert',
    'insert',
    'put',
    'patch',
    'patch',
    'touch',
    'count',
    'remove',
    'check',
    'append',
  ),
  row: small(6),
  serial: small(9),
  label: small(7),
  size: small(4),
  current: fc.boolean(),
})

export const drafts: fc.Arbitrary<Draft[]> = fc.noBias(
  fc.array(draft, { minLength: 1, maxLength: 3, size: 'max' }),
)

const query: fc.Arbitrary<Find> = fc
  .record({
    back: fc.boolean(),
    limit: fc.integer({ min: 1, max: 5 }),
    n: small(4),
    open: fc.boolean(),
    kind: small(5),
  })
  .map(({ back, limit, n, open, kind }) => {
    const queries: Omit<Find, 'limit'>[] = [
      { index: 'key' },
      { index: 'key', eq: ['x'], beyond: [names[n] as string] },
      { index: 'bySize', eq: ['y'], beyond: [n] },
      { index: 'byOpen', eq: [open] },
      { index: 'byLabel', beyond: [`${n}`, 'x'] },
      { index: 'byScore' },
    ]
    return { ...(queries[kind] ?? { index: 'key' }), back, limit }
  })

export const steps: fc.Arbitrary<Step[]> = fc.noBias(
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const), drafts }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('read' as const), key: small(6) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('readUnique' as const), serial: small(6) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('find' as const), query, counted: small(6) }) },
    ),
    { minLength: 1, maxLength: 12, size: 'max' },
  ),
)

const names = ['a', 'B', '\uffff', '\u{10000}', '']

const keyOf = (row: number): Key => [row % 2 === 0 ? 'x' : 'y', names[row % names.length] as string]

export async function changesOf(store: Store, wanted: readonly Draft[]): Promise<Change[]> {
  const changes: Change[] = []
  const named = new Set<string>()
  for (const each of wanted) {
    const name = `${each.do === 'count' ? 'counter' : 'item'} ${each.do === 'count' ? each.row % 2 : each.row}`
    // A batch may not name a row twice.
    if (each.do !== 'append' && named.has(name)) continue
    named.add(name)
    changes.push(changeOf(each, await revOf(store, items, keyOf(each.row))))
  }
  return changes
}

/** Found, and not read by key, which would make it a row that was read. */
async function revOf(store: Store, table: Table<Item>, eq: Key): Promise<BatchId> {
  const { rows } = await store.find(table, { index: 'key', eq, limit: 1 })
  return rows[0]?.rev ?? stale
}

const stale = '0'.repeat(32) as BatchId

function fitting(wanted: Draft['do'], isThere: boolean): Draft['do'] {
  if (wanted === 'append' || wanted === 'count' || (wanted === 'insert') !== isThere) return wanted
  return isThere ? 'put' : 'insert'
}

function changeOf(wanted: Draft, current: BatchId): Change {
  const key = keyOf(wanted.row)
  const rev = wanted.current ? current : stale
  const row = item(wanted.serial, {
    space: key[0] as string,
    name: key[1] as string,
    label: `${wanted.label}`,
    size: wanted.size,
    score: wanted.size / 10,
    open: wanted.serial % 2 === 0,
  })
  switch (wanted.current ? fitting(wanted.do, current !== stale) : wanted.do) {
    case 'insert':
      return insert(items, row)
    case 'put':
      return put(items, row, rev)
    case 'patch':
      return patch(items, key, {
        set: wanted.serial < 4 ? { label: row.label } : { serial: row.serial },
        add: { size: 1 },
        when: { size: { lte: wanted.size + 3 } },
      })
    case 'touch':
      return patch(items, key, {
        ...(wanted.label < 2 ? { set: { size: wanted.size } } : { add: { size: -1, score: 0.1 } }),
        when: { size: { gte: 0 } },
      })
    case 'count':
      return patch(counters as Table<Counter>, [`${wanted.row % 2}`], {
        add: { n: wanted.size - 2 },
        when: { n: { gte: -1 } },
      })
    case 'remove':
      return remove(items, key, wanted.label < 4 ? { rev } : { when: { size: { lte: wanted.size } } })
    case 'check':
      return check(items, key, rev)
    case 'append':
      return append(happenings, happening(row.name, wanted.size))
  }
}

/** What a step that only reads answers. */
export async function readStep(store: Store, step: Exclude<Step, { do: 'commit' }>): Promise<unknown> {
  switch (step.do) {
    case 'read':
      return await store.get(items, keyOf(step.key))
    case 'readUnique': {
      const key: UniqueKey = { unique: 'serial', values: [step.serial] }
      return await store.get(items, key)
    }
    case 'find': {
      const { index, eq } = step.query
      const asked = { index, ...(eq && { eq }), upTo: step.counted + 1 }
      return [await pages(store, step.query), await store.count(items, asked)]
    }
  }
}

async function pages(store: Store, asked: Find): Promise<unknown[]> {
  const found: unknown[] = []
  for (let query: Find | undefined = asked; query !== undefined; ) {
    const page: Page<Item> = await store.find(items, query)
    found.push(page.rows)
    query = page.next === undefined ? undefined : { ...query, after: page.next }
  }
  return found
}
