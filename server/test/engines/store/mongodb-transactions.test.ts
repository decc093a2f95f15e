import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type ClientSession, type MongoClient, MongoServerError } from 'mongodb'
import { onceSteady } from '../../../src/adapters/store/mongodb/once-steady.ts'
import { usualWaits } from '../../../src/adapters/store/mongodb/options.ts'
import { transactionsOf } from '../../../src/adapters/store/mongodb/transactions.ts'
import { Turns } from '../../../src/adapters/store/mongodb/turns.ts'

/** What a session is told, one word each. */
function scripted(open: boolean): { readonly client: MongoClient; readonly told: unknown[] } {
  const told: unknown[] = []
  let inTransaction = false
  const session = {
    startTransaction: (options: object) => {
      inTransaction = true
      told.push(options)
    },
    inTransaction: () => inTransaction && open,
    commitTransaction: async () => {
      inTransaction = false
      told.push('commit')
    },
    abortTransaction: async () => {
      inTransaction = false
      told.push('abort')
      throw new Error('the server is gone')
    },
    endSession: async () => told.push('end'),
  }
  return { client: { startSession: () => session as unknown as ClientSession } as MongoClient, told }
}

const asked = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: usualWaits.operation },
  readPreference: 'primary',
  maxCommitTimeMS: usualWaits.operation,
}

test('a transaction reads one moment of the primary, and is committed to the journals of most servers', async () => {
  const { client, told } = scripted(true)
  {
    await using transaction = await transactionsOf(client, usualWaits)()
    await transaction.commit()
  }
  assert.deepEqual(told, [asked, 'commit', 'end'])
})

test('one that was not committed is taken back, though the server does not answer that, and its session ends', async () => {
  const { client, told } = scripted(true)
  {
    await using _transaction = await transactionsOf(client, usualWaits)()
  }
  assert.deepEqual(told, [asked, 'abort', 'end'])
})

test('what names the same runs in the order of arrival, everything else at once', async () => {
  const turns = new Turns({ most: 10, waitMs: 10_000, atOnce: 10 })
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const run = (name: string, ...names: string[]): Promise<void> =>
    turns.run(names, () => {
      began.push(name)
      return new Promise((resolve) => ends.set(name, resolve))
    })
  const all = [run('1', 'a', 'b'), run('2', 'b', 'c'), run('3', 'c', 'a'), run('4', 'd'), run('5', 'a')]
  const steps: string[][] = [['1', '4'], ['2'], ['3'], ['5']]
  let seen: string[] = []
  for (const step of steps) {
    await turn()
    seen = [...seen, ...step]
    assert.deepEqual(began, seen)
    for (const name of step) ends.get(name)?.()
  }
  await Promise.all(all)
})

test('whoever waits for too long, or behind too many, is refused as transient, and holds up nobody', async () => {
  const turns = new Turns({ most: 1, waitMs: 20, atOnce: 10 })
  const { promise, resolve } = Promise.withResolvers<void>()
  const first = turns.run(['a'], () => promise)
  await turn()
  const late = turns.run(['a'], async () => assert.fail('it ran'))
  await turn()
  await assert.rejects(
    turns.run(['b'], async () => assert.fail('it ran')),
    { kind: 'transient', message: /more than 1/ },
  )
  await assert.rejects(late, { kind: 'transient', message: /20 ms/ })
  resolve()
  await first
  assert.equal(await turns.run(['a'], async () => 'ran'), 'ran')
})

test('of all work only so much runs at once, the rest in the order of arrival, and a late one gives its room on', async () => {
  const turns = new Turns({ most: 10, waitMs: 40, atOnce: 2 })
  const began: number[] = []
  const ends: (() => void)[] = []
  const run = (n: number): Promise<void> =>
    turns.run([`${n}`], () => {
      began.push(n)
      return new Promise((resolve) => ends.push(resolve))
    })
  const first = [run(1), run(2)]
  const late = [run(3), run(4)]
  await turn()
  assert.deepEqual(began, [1, 2])
  for (const one of late) await assert.rejects(one, { kind: 'transient' })
  const next = [run(5), run(6)]
  for (const end of ends.splice(0)) end()
  await Promise.all(first)
  await turn()
  assert.deepEqual(began, [1, 2, 5, 6])
  for (const end of ends.splice(0)) end()
  await Promise.all(next)
})

test('work that throws gives its turn on', async () => {
  const turns = new Turns({ most: 10, waitMs: 1_000, atOnce: 10 })
  const failed = turns.run(['a'], () => Promise.reject(new Error('broken')))
  const next = turns.run(['a'], async () => 'ran')
  await assert.rejects(failed, /broken/)
  assert.equal(await next, 'ran')
})

test('a read of a moment that cannot be read yet is asked again, for as long as it may take', async () => {
  const unavailable = new MongoServerError({ code: 246, message: 'pending collection catalog changes' })
  let left = 3
  const steady = await onceSteady(10_000, async () => {
    if (left-- > 0) throw unavailable
    return 'read'
  })
  assert.equal(steady, 'read')
  await assert.rejects(
    onceSteady(50, () => Promise.reject(unavailable)),
    unavailable,
  )
  const other = new MongoServerError({ code: 1, message: 'another' })
  let asked = 0
  await assert.rejects(
    onceSteady(10_000, () => {
      asked++
      return Promise.reject(other)
    }),
    other,
  )
  assert.equal(asked, 1)
})
