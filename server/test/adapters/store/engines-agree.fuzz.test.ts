import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, check, insert, patch, put, remove } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { BatchId, Change, Find, Store } from '../../../src/ports/store/store.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import {
  allOf,
  entriesOf,
  happening,
  happenings,
  item,
  items,
  sampleSchema,
} from '../../../src/ports/store/suite/sample.ts'
import { memoryHarness } from './memory/memory-harness.ts'
import { sqliteHarness } from './sqlite/sqlite-harness.ts'

type Random = (below: number) => number

/** A small generator of chance that a seed repeats (xorshift). */
function seeded(seed: number): Random {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const names = ['a', 'b', 'B', 'aa', '', '\uffff', '\u{10000}', '\u00e9']

/** A change among so few rows that guards and unique keys often stand in its way. */
function someChange(random: Random, revs: readonly BatchId[]): Change {
  const key = [random(2) === 0 ? 'x' : 'y', names[random(names.length)] as string] as const
  const rev = revs[random(revs.length)] as BatchId
  const row = item(random(12), {
    space: key[0],
    name: key[1],
    label: `${random(6)}`,
    size: random(5) - 2,
    open: random(2) === 0,
    seal: Uint8Array.of(random(3)),
  })
  switch (random(8)) {
    case 0:
    case 1:
    case 2:
      return insert(items, row)
    case 3:
      return put(items, row, rev)
    case 4:
      return patch(items, key, {
        set: { label: row.label },
        add: { size: 1 },
        when: { size: { lte: random(6) } },
      })
    case 5:
      return remove(items, key, random(2) === 0 ? {} : { rev })
    case 6:
      return check(items, key, rev)
    default:
      return append(happenings, happening(key[1], random(100)))
  }
}

function someQuery(random: Random): Find {
  const back = random(2) === 0
  const limit = 1 + random(6)
  const queries: Find[] = [
    { index: 'key', back, limit },
    { index: 'key', eq: ['x'], beyond: [names[random(names.length)] as string], back, limit },
    { index: 'bySize', eq: ['y'], beyond: [random(5) - 2], back, limit },
    { index: 'byOpen', eq: [random(2) === 0], back, limit },
    { index: 'bySeal', beyond: [Uint8Array.of(random(3)), 'x'], back, limit },
  ]
  return queries[random(queries.length)] as Find
}

/** Whatever is answered, an error by its kind. */
const answer = <T>(call: Promise<T>): Promise<T | string> =>
  call.catch((error: unknown) => {
    assert.ok(error instanceof StoreError, String(error))
    return error.kind
  })

async function agree(one: Store, other: Store, random: Random): Promise<void> {
  const revs: BatchId[] = []
  for (let n = 0; n < 250; n++) {
    const id = newBatchId(Date.now(), chance)
    revs.push(id)
    const rows = await allOf(one, items)
    const known = [...rows.map(({ rev }) => rev), revs[random(revs.length)] as BatchId]
    const changes = Array.from({ length: 1 + random(4) }, () => someChange(random, known))
    const [first, second] = await Promise.all([
      answer(one.commit(id, changes)),
      answer(other.commit(id, changes)),
    ])
    assert.deepEqual(second, first, JSON.stringify(changes))
    const query = someQuery(random)
    assert.deepEqual(await other.find(items, query), await one.find(items, query), JSON.stringify(query))
  }
  assert.deepEqual(await allOf(other, items), await allOf(one, items))
  assert.deepEqual(await entriesOf(other, happenings), await entriesOf(one, happenings))
}

for (const seed of [1, 2, 3]) {
  test(`memory and SQLite answer the same to the same random batches and queries, seed ${seed}`, async () => {
    await using memory = await memoryHarness.start(sampleSchema)
    await using sqlite = await sqliteHarness.start(sampleSchema)
    await agree(memory.store, sqlite.store, seeded(seed * 7919))
  })
}
