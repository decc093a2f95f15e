import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { Generations, unsettled, withGenerations } from '../../../src/core/cache/generations.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { check, insert, patch, put, remove } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Change, Store } from '../../../src/ports/store/store.ts'
import { cellSchema, cells } from './world.ts'

const id = () => newBatchId(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length)))

async function world(wrap: (store: Store) => Store = (store) => store) {
  const generations = new Generations()
  const inner = await openMemoryStore(cellSchema)
  const store = withGenerations(wrap(inner), generations)
  const buckets = {
    x: generations.bucket('cells', ['x']),
    y: generations.bucket('cells', ['y']),
    nameX: generations.uniqueBucket('cells', 'name', ['of x']),
  }
  const moved = async (change: Change): Promise<string[]> => {
    const before = Object.values(buckets).map((bucket) => generations.at(bucket))
    await store.commit(id(), [change]).catch(() => {})
    return Object.entries(buckets)
      .filter(([, bucket], at) => generations.at(bucket) !== before[at])
      .map(([name]) => name)
  }
  return { store, inner, moved, generations }
}

const x = { id: 'x', name: 'of x', value: 1 }

test('a change moves the generations of its row, and of its unique keys where it names them', async () => {
  const { moved, inner } = await world()
  assert.deepEqual(await moved(insert(cells, x)), ['x', 'nameX'])
  assert.deepEqual(await moved(patch(cells, ['x'], { add: { value: 1 } })), ['x'])
  const rev = (await inner.get(cells, ['x']))?.rev
  assert.ok(rev)
  assert.deepEqual(await moved(check(cells, ['x'], rev)), [])
  assert.deepEqual(await moved(put(cells, x, rev)), ['x', 'nameX'])
  assert.deepEqual(await moved(remove(cells, ['x'])), ['x'])
})

test('a change moves the generation of its table, whichever row it is of, and no other table’s', async () => {
  const { store, generations } = await world()
  const at = () => ['cells', 'others'].map((table) => generations.at(generations.tableBucket(table)))
  const before = at()
  await store.commit(id(), [insert(cells, x), insert(cells, { ...x, id: 'y', name: 'of y' })])
  const [once = 0, others] = at()
  assert.ok(once > (before[0] ?? 0))
  await store.commit(id(), [remove(cells, ['y'])])
  assert.ok((at()[0] ?? 0) > once)
  assert.equal(others, before[1])
  const rev = (await store.get(cells, ['x']))?.rev
  const last = at()
  assert.ok(rev)
  await store.commit(id(), [check(cells, ['x'], rev)])
  assert.deepEqual(at(), last)
})

test('they move also where the change fails, or nobody knows', async () => {
  const { moved } = await world()
  assert.deepEqual(await moved(patch(cells, ['x'], { add: { value: 1 } })), ['x'])
  const lost = await world((store) => ({
    ...store,
    commit: async () => {
      throw new StoreError('unknown', 'the answer was lost')
    },
  }))
  assert.deepEqual(await lost.moved(insert(cells, x)), ['x', 'nameX'])
})

test('while the change is under way they are unsettled, for other threads too', async () => {
  let whileUnderWay: number[] = []
  const { store, generations } = await world((inner) => ({
    ...inner,
    commit: async (...args) => {
      whileUnderWay = buckets.map((bucket) => new Generations(generations.shared).at(bucket))
      return await inner.commit(...args)
    },
  }))
  const buckets = [generations.bucket('cells', ['x']), generations.bucket('cells', ['y'])]
  await store.commit(id(), [insert(cells, x)])
  assert.deepEqual(whileUnderWay, [unsettled, 0])
  assert.deepEqual(
    buckets.map((bucket) => generations.at(bucket)),
    [1, 0],
  )
})

test('an outcome and an error pass as they are', async () => {
  const { store } = await world()
  assert.deepEqual(await store.commit(id(), [insert(cells, x)]), { ok: true })
  assert.deepEqual(await store.commit(id(), [remove(cells, ['y'])]), { ok: false, change: 0, why: 'missing' })
  await store.close()
  await assert.rejects(store.commit(id(), [remove(cells, ['x'])]), StoreError)
})

test('columns of a key are kept apart', () => {
  const generations = new Generations()
  const keys = [['ab', 'c'], ['a', 'bc'], ['abc', ''], ['', 'abc'], ['abc']].map((key) =>
    generations.bucket('t', key),
  )
  assert.equal(new Set(keys).size, keys.length)
  assert.notEqual(generations.bucket('t', ['x']), generations.bucket('u', ['x']))
  assert.notEqual(generations.bucket('t', ['x']), generations.uniqueBucket('t', 'name', ['x']))
})

test('many keys spread over the buckets', () => {
  const generations = new Generations()
  const used = new Set<number>()
  for (let n = 0; n < 20_000; n++) used.add(generations.bucket('manifests', ['repository', `sha256:${n}`]))
  // 20,000 balls into 65,536 urns fill 17,200 of them.
  assert.ok(used.size > 16_000, `${used.size} buckets`)
})

test('threads that share the memory share the generations', () => {
  const one = new Generations()
  const other = new Generations(one.shared)
  const bucket = one.bucket('t', ['x'])
  const before = other.at(bucket)
  one.bump(bucket)
  assert.equal(other.at(bucket), before + 1)
  one.bumpAll()
  assert.equal(other.at(bucket), before + 2)
  assert.equal(other.at(bucket + 1), 1)
})
