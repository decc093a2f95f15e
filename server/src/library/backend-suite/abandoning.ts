import assert from 'node:assert/strict'
import type { Transaction } from '../backend-types.ts'
import { type BackendCase, begun, done, made, named, refused } from './harness.ts'

const limits = { transactionTime: 30 }

/** Until the time of a transaction is over. */
async function late(transaction: Transaction): Promise<void> {
  for (;;) {
    const result = await transaction.count()
    if (!result.ok) return void refused(result, 'TIMEOUT')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const abandoning: readonly BackendCase[] = [
  {
    name: 'a transaction that nobody ends is rolled back after its time, and every operation on it says so',
    limits,
    check: async ({ backend }) => {
      const transaction = await begun(backend)
      const created = await transaction.create(named('Ada', { source: 'large '.repeat(50_000) }))
      await late(transaction)
      const id = created.ok ? created.value.id : 'none'
      for (const result of [
        await transaction.create(named('Late')),
        await transaction.read(id),
        await transaction.update(id, { source: 'x' }),
        await transaction.delete(id),
        await transaction.find(),
        await transaction.getVersion(id, '0.1.0'),
        await transaction.commit(),
        await transaction.rollback(),
      ])
        assert.match(refused(result, 'TIMEOUT'), /30 ms/)
      assert.equal(done(await backend.count({ filter: { deleted: true } })), 0)
    },
  },
  {
    name: 'who has joined it is told so too, instead of writing outside of it, until it is ended',
    limits,
    check: async ({ backend }) => {
      const transaction = await begun(backend)
      await late(transaction)
      refused(await backend.create(named('Ada')), 'TIMEOUT')
      refused(await backend.find(), 'TIMEOUT')
      refused(await transaction.rollback(), 'TIMEOUT')
      await made(backend, named('Bo'))
      assert.equal(done(await backend.count()), 1)
    },
  },
  {
    name: 'a transaction that has ended in time is not rolled back later',
    limits,
    check: async ({ backend }) => {
      const ended = await begun(backend)
      const committed = await ended.create(named('Ada'))
      const result = await ended.commit()
      const other = await begun(backend)
      await late(other)
      refused(await other.rollback(), 'TIMEOUT')
      const kept = committed.ok && result.ok ? 1 : 0
      assert.equal(done(await backend.count()), kept)
    },
  },
]
