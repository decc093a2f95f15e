import assert from 'node:assert/strict'
import type { Store, Stored } from '../store.ts'
import type { Log, Row, Schema, Table } from '../table.ts'

/** Every type of column, a key of two columns, two unique keys, orders of each kind. */
export interface Item extends Row {
  space: string
  name: string
  serial: number
  label: string
  size: number
  score: number
  open: boolean
  seal: Uint8Array
  body: Uint8Array | null
  note: string | null
}

export const items: Table<Item> = {
  name: 'items',
  columns: {
    space: 'text',
    name: 'text',
    serial: 'integer',
    label: 'text',
    size: 'integer',
    score: 'real',
    open: 'boolean',
    seal: 'bytes',
    body: 'bytes?',
    note: 'text?',
  },
  key: ['space', 'name'],
  unique: { serial: ['serial'], label: ['space', 'label'] },
  indexes: {
    bySize: ['space', 'size'],
    byScore: ['score'],
    byOpen: ['open', 'label'],
    bySeal: ['seal'],
    byLabel: ['label'],
  },
}

/** A small row whose table needs nothing but its key. */
export interface Counter extends Row {
  id: string
  n: number
  share: number
}

export const counters: Table<Counter> = {
  name: 'counters',
  columns: { id: 'text', n: 'integer', share: 'real' },
  key: ['id'],
  indexes: { byN: ['n'] },
}

/** Names that mean something to SQL or to JavaScript's objects. */
export interface Odd extends Row {
  constructor: string
  toString: string
  order: number
  hasOwnProperty: boolean | null
}

export const odd: Table<Odd> = {
  name: 'select',
  columns: { constructor: 'text', toString: 'text', order: 'integer', hasOwnProperty: 'boolean?' } as const,
  key: ['constructor'],
  unique: { valueOf: ['toString'] },
  indexes: { group: ['order'] },
}

export interface Happening extends Row {
  who: string
  n: number
  loud: boolean
  data: Uint8Array | null
}

export const happenings: Log<Happening> = {
  name: 'happenings',
  columns: { who: 'text', n: 'integer', loud: 'boolean', data: 'bytes?' },
}

export const others: Log<{ text: string }> = { name: 'others', columns: { text: 'text' } }

const tables = [items, counters, odd] as readonly Table[]
const logs = [happenings, others] as readonly Log[]

export const sampleSchema: Schema = {
  tables,
  logs,
  migrations: [
    {
      version: 1,
      name: 'the tables of the suite',
      steps: [
        ...tables.map((table) => ({ do: 'createTable', table }) as const),
        ...logs.map((log) => ({ do: 'createLog', log }) as const),
      ],
    },
  ],
}

/** An item like no other of another `serial`. */
export function item(serial: number, change: Partial<Item> = {}): Item {
  return {
    space: 'here',
    name: `item-${serial}`,
    serial,
    label: `label-${serial}`,
    size: 10,
    score: 0.5,
    open: true,
    seal: Uint8Array.of(1, 2, 3),
    body: null,
    note: null,
    ...change,
  }
}

export const counter = (id: string, n = 0): Counter => ({ id, n, share: 0 })
export const happening = (who: string, n: number): Happening => ({ who, n, loud: false, data: null })

/** The row without its revision. */
export function bare<R extends Row>(row: Stored<R> | undefined): R | undefined {
  if (row === undefined) return undefined
  const { rev: _, ...columns } = row
  return columns as unknown as R
}

/** Every row of a table, in the order of its primary key, with revisions. */
export async function allOf<R extends Row>(
  store: Pick<Store, 'find'>,
  table: Table<R>,
): Promise<Stored<R>[]> {
  const page = await store.find(table, { index: 'key', limit: 1000 })
  assert.equal(page.next, undefined)
  return page.rows
}

/** Every entry of a log. */
export async function entriesOf<R extends Row>(store: Store, log: Log<R>): Promise<R[]> {
  const { entries } = await store.tail(log, undefined, 1000)
  return entries.map(({ row }) => row)
}
