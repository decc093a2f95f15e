import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Db, MongoClient, MongoNetworkError, MongoServerError } from 'mongodb'
import { type Collections, collectionsOf } from '../../../src/adapters/store/mongodb/collections.ts'
import { Committer } from '../../../src/adapters/store/mongodb/commit.ts'
import { usualWaits } from '../../../src/adapters/store/mongodb/options.ts'
import type { BeginTransaction } from '../../../src/adapters/store/mongodb/transactions.ts'
import { checkedBatch } from '../../../src/adapters/store/shared/checked-batch.ts'
import { declared } from '../../../src/adapters/store/shared/declared.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, check, insert, patch, remove } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { BatchId, Change, Outcome, Store } from '../../../src/ports/store/store.ts'
import { chance, ok } from '../../../src/ports/store/suite/harness.ts'
import {
  counter,
  counters,
  entriesOf,
  happening,
  happenings,
  sampleSchema,
} from '../../../src/ports/store/suite/sample.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { openAt } from './mongodb-harness.ts'
import { inTurns } from './mongodb-turns.ts'

// What the server says at the end of a transaction is made up here, and so is that a transaction is taken back: by writing
// all documents back as they were when it began. Everything else is the engine's own.
const options = { skip: mongodbStandInSkip }
const waits = { ...usualWaits, claim: 1_500, commit: 10_000 }
let server: MongodbStandIn
let client: MongoClient

before(async () => {
  if (mongodbStandInSkip) return
  server = await startMongodbStandIn()
  client = new MongoClient(server.url, { promoteBuffers: false })
})
after(async () => {
  await client?.close()
  await server?.[Symbol.asyncDispose]()
})

type Ending = { readonly throws: Error; readonly applied: boolean }

const given = (label: string): MongoServerError =>
  new MongoServerError({ message: `the server says ${label}`, code: 251, errorLabels: [label] })
const gaveUp: Ending = { throws: given('TransientTransactionError'), applied: false }
const lost = (applied: boolean): Ending => {
  const throws = new MongoNetworkError('the connection is gone')
  throws.addErrorLabel('UnknownTransactionCommitResult')
  return { throws, applied }
}

/** Each commit ends as the next of `endings` says; once there is none, well. */
function ending(db: Db, endings: Ending[]): BeginTransaction {
  const turns = inTurns()
  return async () => {
    const turn = await turns()
    const state = await allDocuments(db)
    let done = false
    const back = async (): Promise<void> => {
      if (!done) await writeBack(db, state)
      done = true
    }
    return {
      session: undefined,
      commit: async () => {
        const next = endings.shift()
        if (next?.applied === false) await back()
        done = true
        if (next !== undefined) throw next.throws
      },
      [Symbol.asyncDispose]: async () => {
        await back()
        await turn[Symbol.asyncDispose]()
      },
    }
  }
}

const raw = { promoteValues: false, promoteBuffers: false } as const

async function allDocuments(db: Db): Promise<Map<string, object[]>> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name)
  const lists = names.map(async (name) => [name, await db.collection(name).find({}, raw).toArray()] as const)
  return new Map(await Promise.all(lists))
}

async function writeBack(db: Db, state: ReadonlyMap<string, object[]>): Promise<void> {
  for (const [name, documents] of state) {
    await db.collection(name).deleteMany({})
    if (documents.length > 0) await db.collection(name).insertMany(documents)
  }
}

interface Stage extends AsyncDisposable {
  readonly store: Store
  readonly db: Db
  readonly id: () => BatchId
  committer(
    begin: BeginTransaction,
    parts?: Partial<Pick<Collections, 'batches' | 'logs' | 'table'>> & { refuseUnfit?: () => void },
  ): (id: BatchId, ...changes: Change[]) => Promise<Outcome>
}

/** A database with the counter `a` at 0, and ways to commit to it whose transactions end as they are told. */
async function stage(): Promise<Stage> {
  const database = `lading-${randomUUID()}`
  const db = client.db(database)
  const store = await openAt(server.url, sampleSchema, { database, begin: inTurns() })
  const id = (): BatchId => newBatchId(Date.now(), chance)
  await store.commit(id(), [insert(counters, counter('a'))])
  const schema = declared(sampleSchema)
  return {
    store,
    db,
    id,
    committer: (begin, { refuseUnfit = () => undefined, ...parts } = {}) => {
      const collections = { ...collectionsOf(db), ...parts }
      const committer = new Committer({
        schema,
        collections,
        begin,
        waits,
        atOnce: 10,
        now: Date.now,
        refuseUnfit,
      })
      return (batch, ...changes) => committer.commit(checkedBatch(schema, batch, changes, Date.now()), [])
    },
    [Symbol.asyncDispose]: async () => {
      await store.close()
      await db.dropDatabase()
    },
  }
}

/** A collection of which each command, by its name and what it is given, runs as `around` has it. */
function spoilt<T extends object>(
  collection: T,
  around: (name: string, call: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>,
): T {
  const commands = ['insertOne', 'findOne', 'bulkWrite']
  return new Proxy(collection, {
    get: (target, name) => {
      const own = Reflect.get(target, name)
      if (typeof own !== 'function') return own
      if (!commands.includes(String(name))) return own.bind(target)
      return (...args: unknown[]) => around(String(name), () => own.apply(target, args), args)
    },
  })
}

const add = [patch(counters, ['a'], { add: { n: 1 } }), append(happenings, happening('a', 1))]
const numberOf = async (store: Store): Promise<number | undefined> => (await store.get(counters, ['a']))?.n

async function thrown(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    (answer) => assert.fail(`answered ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreError, String(error))
  return error
}

test('a transaction that the server gave up is run again as a whole, and counts once', options, async () => {
  await using on = await stage()
  const commit = on.committer(ending(on.db, [gaveUp, gaveUp, gaveUp]))
  assert.deepEqual(await commit(on.id(), ...add), ok)
  assert.equal(await numberOf(on.store), 1)
  assert.equal((await entriesOf(on.store, happenings)).length, 1)
})

test(
  'one that is given up again and again ends as transient, and nothing of it is there',
  options,
  async () => {
    await using on = await stage()
    const schema = declared(sampleSchema)
    const committer = new Committer({
      schema,
      collections: collectionsOf(on.db),
      begin: ending(on.db, Array(1000).fill(gaveUp)),
      waits: { ...waits, commit: 300 },
      atOnce: 10,
      now: Date.now,
      refuseUnfit: () => undefined,
    })
    const batch = checkedBatch(schema, on.id(), add, Date.now())
    const error = await thrown(committer.commit(batch, []))
    assert.deepEqual([error.kind, error.isVoid], ['transient', false])
    assert.equal(await numberOf(on.store), 0)
  },
)

test('a commit whose answer was lost is asked for again', options, async () => {
  await using on = await stage()
  const commit = on.committer(ending(on.db, [lost(true), lost(true)]))
  assert.deepEqual(await commit(on.id(), ...add), ok)
  assert.equal(await numberOf(on.store), 1)
})

test(
  'a batch that is in though no answer ever came is answered ok, and so is its repeat',
  options,
  async () => {
    await using on = await stage()
    const commit = on.committer(ending(on.db, Array(3).fill(lost(true))))
    const id = on.id()
    assert.deepEqual(await commit(id, ...add), ok)
    assert.deepEqual(await commit(id, ...add), ok)
    assert.equal(await numberOf(on.store), 1)
  },
)

test('a batch whose answer was lost and that is not in is void for ever', options, async () => {
  await using on = await stage()
  const commit = on.committer(ending(on.db, Array(3).fill(lost(false))))
  const id = on.id()
  for (const again of [commit, commit, on.committer(inTurns())]) {
    const error = await thrown(again(id, ...add))
    assert.deepEqual([error.kind, error.isVoid], ['transient', true])
  }
  assert.equal(await numberOf(on.store), 0)
  assert.deepEqual(await on.store.commit(on.id(), add), ok)
  assert.equal(await numberOf(on.store), 1)
})

for (const applied of [true, false]) {
  test(
    `where the claim is not answered either, nobody knows; a repeat finds out: ${applied ? 'applied' : 'void'}`,
    options,
    async () => {
      await using on = await stage()
      const { batches } = collectionsOf(on.db)
      let cut = true
      const unanswered = spoilt(batches, (name, call, [document]) => {
        const isClaim = name === 'insertOne' && (document as { state: string }).state === 'void'
        return cut && isClaim ? Promise.reject(new MongoNetworkError('the connection is gone')) : call()
      })
      const commit = on.committer(ending(on.db, Array(3).fill(lost(applied))), { batches: unanswered })
      const id = on.id()
      assert.equal((await thrown(commit(id, ...add))).kind, 'unknown')
      assert.equal((await thrown(commit(id, ...add))).kind, 'unknown')
      cut = false
      if (applied) assert.deepEqual(await commit(id, ...add), ok)
      else assert.equal((await thrown(commit(id, ...add))).isVoid, true)
      assert.equal(await numberOf(on.store), applied ? 1 : 0)
    },
  )
}

/** Does `meanwhile` once, when the first batch has read and decided and is about to write. */
function overtaken(db: Db, meanwhile: () => Promise<unknown>): Collections['table'] {
  let once = true
  return (table) =>
    spoilt(collectionsOf(db).table(table), async (name, call) => {
      if (once && name === 'bulkWrite') {
        once = false
        await meanwhile()
      }
      return await call()
    })
}

test('a row that another process changes between reading and writing is read again', options, async () => {
  await using on = await stage()
  const meanwhile = (): Promise<Outcome> =>
    on.store.commit(on.id(), [patch(counters, ['a'], { add: { n: 10 } })])
  const commit = on.committer(inTurns(), { table: overtaken(on.db, meanwhile) })
  assert.deepEqual(await commit(on.id(), patch(counters, ['a'], { add: { n: 1 } })), ok)
  assert.equal(await numberOf(on.store), 11)
})

test(
  'a row that is only checked is held as well: its removal in between makes the batch fail',
  options,
  async () => {
    await using on = await stage()
    const rev = (await on.store.get(counters, ['a']))?.rev as BatchId
    const meanwhile = (): Promise<Outcome> => on.store.commit(on.id(), [remove(counters, ['a'], { rev })])
    const commit = on.committer(inTurns(), { table: overtaken(on.db, meanwhile) })
    const outcome = await commit(on.id(), check(counters, ['a'], rev), append(happenings, happening('b', 1)))
    assert.deepEqual(outcome, { ok: false, change: 0, why: 'missing' })
    assert.deepEqual(await entriesOf(on.store, happenings), [])
  },
)

test('a key that another process takes in between makes the batch fail as `exists`', options, async () => {
  await using on = await stage()
  const meanwhile = (): Promise<Outcome> => on.store.commit(on.id(), [insert(counters, counter('b', 7))])
  const commit = on.committer(inTurns(), { table: overtaken(on.db, meanwhile) })
  const outcome = await commit(on.id(), insert(counters, counter('b', 1)))
  assert.deepEqual(outcome, { ok: false, change: 0, why: 'exists' })
  assert.equal((await on.store.get(counters, ['b']))?.n, 7)
})

test('a log that grows in between is numbered without a gap', options, async () => {
  await using on = await stage()
  const meanwhile = (): Promise<Outcome> =>
    on.store.commit(on.id(), [append(happenings, happening('first', 1))])
  let once = true
  const logs = spoilt(collectionsOf(on.db).logs, async (name, call) => {
    const answer = await call()
    if (once && name === 'findOne') {
      once = false
      await meanwhile()
    }
    return answer
  })
  const id = on.id()
  const commit = on.committer(inTurns(), { logs })
  assert.deepEqual(await commit(id, append(happenings, happening('second', 2))), ok)
  const { entries } = await on.store.tail(happenings, undefined, 10)
  assert.deepEqual(
    entries.map(({ at, row }) => [at, row.who]),
    [
      ['1', 'first'],
      ['2', 'second'],
    ],
  )
})

test('a process that may not write now writes nothing', options, async () => {
  await using on = await stage()
  const refuseUnfit = (): never => {
    throw new StoreError('transient', 'no sign of life')
  }
  const commit = on.committer(inTurns(), { refuseUnfit })
  assert.equal((await thrown(commit(on.id(), ...add))).message, 'no sign of life')
  assert.equal(await numberOf(on.store), 0)
})
