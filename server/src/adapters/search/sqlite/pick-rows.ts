import { compareText } from '../../../domain/compare-text.ts'
import { valueAt } from './first-of.ts'
import type { Ordered, TextOrder } from './text-order.ts'

export interface Picked {
  readonly row: number
  readonly id: string
  readonly value: number
}

export interface NumberPage {
  readonly limit: number
  /** The largest value first. */
  readonly isDown: boolean
  /** The last id first. */
  readonly idsDown: boolean
  readonly after?: { readonly value: number; readonly id: string } | undefined
}

/** Rows with a value each, and how many rows the index has. */
export interface Valued {
  readonly rows: Uint32Array
  /** Of the row at the same place. */
  readonly values: Float64Array
  readonly all: number
}

/** The first of rows by their values, and then by their ids. */
export function pickRows(order: TextOrder, valued: Valued, page: NumberPage): readonly Picked[] {
  const { after, isDown, idsDown } = page
  if (page.limit <= 0) return []
  if (after === undefined) return firstRows(order, valued, page)
  const { rows, values, all } = valued
  const equal = rows.filter((_, at) => values[at] === after.value)
  const place = { text: after.id, id: after.id }
  const tied = order
    .first(equal, { order: 'id', limit: page.limit, back: idsDown, after: place }, all)
    .map((one) => pickedOf(one, after.value))
  const isBeyond = (_: number, at: number): boolean => {
    const value = values[at] ?? 0
    return isDown ? value < after.value : value > after.value
  }
  const beyond = { rows: rows.filter(isBeyond), values: values.filter(isBeyond), all }
  const rest = { ...page, after: undefined, limit: page.limit - tied.length }
  return [...tied, ...pickRows(order, beyond, rest)]
}

function firstRows(order: TextOrder, { rows, values, all }: Valued, page: NumberPage): readonly Picked[] {
  const { limit, isDown, idsDown } = page
  const last = valueAt(values, limit, isDown)
  const better: { readonly row: number; readonly value: number }[] = []
  const tied: number[] = []
  for (let at = 0; at < rows.length; at++) {
    const value = values[at] ?? 0
    const row = rows[at] ?? 0
    if (isDown ? value > last : value < last) better.push({ row, value })
    else if (value === last) tied.push(row)
  }
  const ids = order.idsOf(better.map(({ row }) => row))
  const first = better.map(({ row, value }): Picked => ({ row, value, id: ids.get(row) ?? '' }))
  const sign = isDown ? -1 : 1
  const idSign = idsDown ? -1 : 1
  first.sort((one, other) => sign * (one.value - other.value) || idSign * compareText(one.id, other.id))
  const tiedPage = { order: 'id', limit: limit - first.length, back: idsDown } as const
  const ties = order.first(Uint32Array.from(tied), tiedPage, all)
  return [...first, ...ties.map((one) => pickedOf(one, last))]
}

function pickedOf({ row, id }: Ordered, value: number): Picked {
  return { row, id, value }
}
