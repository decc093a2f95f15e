import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { QueueRoom } from '../../src/adapters/store/sqlite/queue-room.ts'
import { joinSqliteStore, openSqliteStore } from '../../src/adapters/store/sqlite/sqlite-store.ts'
import { newBatchId } from '../../src/ports/store/batch-id.ts'
import { insert, patch } from '../../src/ports/store/change.ts'
import { StoreError } from '../../src/ports/store/errors.ts'
import { atOnce, chance, ok, type StoreHarness } from '../../src/ports/store/suite/harness.ts'
import { counter, counters, sampleSchema } from '../../src/ports/store/suite/sample.ts'
import { storeContract } from '../../src/ports/store/suite.ts'
import { sqliteHarness, temporaryFolder } from '../adapters/store/sqlite/sqlite-harness.ts'

const id = (): ReturnType<typeof newBatchId> => newBatchId(Date.now(), chance)

/** Another thread's way to the same records, walked in this one. */
const joinedHarness: StoreHarness = {
  ...sqliteHarness,
  async start(schema) {
    const folder = await temporaryFolder()
    let opened = await openSqliteStore({ folder: folder.path }, schema)
    let joined = joinSqliteStore(opened.share(), schema)
    const close = async (): Promise<void> => {
      await joined.close()
      await opened.close()
    }
    return {
      store: joined,
      reopen: async () => {
        await close()
        opened = await openSqliteStore({ folder: folder.path }, schema)
        joined = joinSqliteStore(opened.share(), schema)
        return joined
      },
      [Symbol.asyncDispose]: async () => {
        await close()
        await folder[Symbol.asyncDispose]()
      },
    }
  },
}

describe('an SQLite store that was joined', { concurrency: 4 }, () => {
  for (const { name, run } of storeContract(joinedHarness)) test(name, run)
})

test('those who share a store see what each other has committed, and its one writer puts all into groups', async () => {
  await using folder = await temporaryFolder()
  const opened = await openSqliteStore({ folder: folder.path }, sampleSchema)
  const stores = [opened, ...Array.from({ length: 3 }, () => joinSqliteStore(opened.share(), sampleSchema))]
  assert.deepEqual(await opened.commit(id(), [insert(counters, counter('total'))]), ok)
  await atOnce(400, async (n) => {
    const store = stores[n % stores.length]
    assert.ok(store)
    const batch = [insert(counters, counter(`c${n}`)), patch(counters, ['total'], { add: { n: 1 } })]
    assert.deepEqual(await store.commit(id(), batch), ok)
    for (const other of stores) assert.equal((await other.get(counters, [`c${n}`]))?.id, `c${n}`)
  })
  for (const store of stores) {
    assert.equal((await store.get(counters, ['total']))?.n, 400)
    assert.equal(await store.count(counters, { index: 'key', upTo: 1000 }), 401)
  }
  await opened.commit(id(), [insert(counters, counter('last'))])
  assert.equal(opened.counts.batches, 402)
  assert.ok(opened.counts.groups < 402, `${opened.counts.groups} groups`)
  for (const store of stores.slice(1)) await store.close()
  assert.equal((await opened.get(counters, ['last']))?.id, 'last')
  await opened.close()
})

test('a store that was joined and not closed does not hold up the end of the one that was opened', async () => {
  await using folder = await temporaryFolder()
  const opened = await openSqliteStore({ folder: folder.path }, sampleSchema)
  const joined = joinSqliteStore(opened.share(), sampleSchema)
  assert.deepEqual(await joined.commit(id(), [insert(counters, counter('a'))]), ok)
  assert.equal(await joined.count(counters, { index: 'key', upTo: 9 }), 1)
  await opened.close()
  await assert.rejects(joined.commit(id(), [insert(counters, counter('b'))]), StoreError)
  await joined.close()
})

test('the room of the queue is one for all who share its memory', () => {
  const limits = { batches: 3, bytes: 100 }
  const one = new QueueRoom(limits)
  const other = new QueueRoom(limits, one.shared)
  assert.equal(one.take(60), true)
  assert.equal(other.take(41), false)
  assert.equal(other.take(40), true)
  assert.equal(one.take(0), true)
  assert.equal(other.take(0), false)
  one.giveBack(60)
  assert.equal(other.take(60), true)
  assert.equal(one.take(0), false)
})
