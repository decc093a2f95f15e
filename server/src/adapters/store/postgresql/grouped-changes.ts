import type { CheckedChange } from '../shared/checked-batch.ts'

/** Changes that one statement carries out: one of any kind, or several new rows of one table or log. */
export type Group = readonly [CheckedChange, ...CheckedChange[]]

/** How many rows a statement may add: few numbers, so that few statements have to be prepared. */
const sizes = [8, 4, 3, 2, 1] as const

/** In their order, where rows of a table that are added one after the other come together. */
export function grouped(ordered: readonly CheckedChange[]): readonly Group[] {
  const groups: Group[] = []
  for (let at = 0; at < ordered.length; ) {
    const alike = alikeFrom(ordered, at)
    const size = sizes.find((each) => each <= alike) ?? 1
    groups.push(ordered.slice(at, at + size) as unknown as Group)
    at += size
  }
  return groups
}

export const alone = (ordered: readonly CheckedChange[]): readonly Group[] =>
  ordered.map((change) => [change])

function alikeFrom(ordered: readonly CheckedChange[], start: number): number {
  const place = placeAddedTo(ordered[start])
  let end = start + 1
  while (place !== undefined && end - start < sizes[0] && placeAddedTo(ordered[end]) === place) end++
  return end - start
}

function placeAddedTo(change: CheckedChange | undefined): string | undefined {
  if (change?.do === 'insert') return `table ${change.table}`
  return change?.do === 'append' ? `log ${change.log}` : undefined
}
