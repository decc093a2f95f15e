import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grouped } from '../../../../src/adapters/store/postgresql/grouped-changes.ts'
import type { CheckedChange } from '../../../../src/adapters/store/shared/checked-batch.ts'

const onRow = (table: string, at: number) => ({ at, table, id: `${at}`, key: [at] })
const inserted = (table: string, at: number): CheckedChange => ({
  do: 'insert',
  ...onRow(table, at),
  row: {},
})
const appended = (log: string, at: number): CheckedChange => ({ do: 'append', at, log, row: {} })
const removed = (table: string, at: number): CheckedChange => ({
  do: 'remove',
  ...onRow(table, at),
  rev: undefined,
  when: [],
})
const places = (changes: readonly CheckedChange[]): number[][] =>
  grouped(changes).map((group) => group.map(({ at }) => at))

test('new rows of one table or log that follow each other come together, and nothing changes its place', () => {
  const changes = [
    inserted('a', 0),
    inserted('a', 1),
    inserted('b', 2),
    removed('b', 3),
    inserted('b', 4),
    appended('b', 5),
    appended('b', 6),
    appended('c', 7),
  ]
  assert.deepEqual(places(changes), [[0, 1], [2], [3], [4], [5, 6], [7]])
  assert.deepEqual(places([]), [])
})

test('there are few numbers of rows, whatever the number of changes', () => {
  const sizes = new Set<number>()
  for (let count = 1; count <= 40; count++) {
    const all = places(Array.from({ length: count }, (_, at) => inserted('a', at)))
    assert.deepEqual(
      all.flat(),
      Array.from({ length: count }, (_, at) => at),
    )
    for (const { length } of all) sizes.add(length)
  }
  assert.deepEqual([...sizes].toSorted(), [1, 2, 3, 4, 8])
})
