import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { expireAudit } from '../../../src/core/audit/expire-audit.ts'
import { auditHeads } from '../../../src/core/audit/tables.ts'
import type { Change } from '../../../src/ports/store/store.ts'
import { overStore } from '../../kit/over-store.ts'
import { allRows } from '../invariants.ts'
import { type AuditWorld, auditWorld, hour, never, table } from './audit-world.ts'

const day = 24 * hour
const expire = (w: AuditWorld, keep: number | undefined): Promise<{ readonly entries: number }> =>
  expireAudit(w.test.core, { keep }, never)

/** Ten entries an hour, each hour signed. */
async function hours(w: AuditWorld, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await w.done(10)
    await w.seal()
    await w.clock.advance(hour)
  }
}

for (const engine of ['memory', 'sqlite'] as const) {
  describe(`what is too old, on ${engine}`, () => {
    test('goes with its heads, an entry tells of it, and the rest can be verified', async () => {
      await using w = await auditWorld(engine)
      await hours(w, 30)
      const before = await w.entries()
      assert.deepEqual(await expire(w, day), { entries: 70 })
      const report = await w.verify()
      assert.deepEqual(
        [report.faults, report.expired, report.first, report.last, report.entries, report.unsealed.count],
        [[], 70, 71, 300, 230, 1],
      )
      await w.seal()
      const after = await w.entries()
      assert.deepEqual(after.slice(0, 230), before.slice(70))
      const [{ by, action, target, before: was, after: hash, outcome }] = after.slice(230) as [
        (typeof after)[0],
      ]
      assert.deepEqual(
        [by, action, target, was, hash, outcome],
        ['system:audit-retention', 'audit.expire', '70', '0', before[69]?.hash, 'done'],
      )
      const heads = await allRows(w.test.store, auditHeads)
      assert.equal(heads[0]?.last, 70)
      assert.equal((await w.verify()).sound, true)
    })

    test('goes again and again, and entries behind it are found when they are changed', async () => {
      await using w = await auditWorld(engine)
      for (let round = 0; round < 4; round++) {
        await hours(w, 12)
        await expire(w, day)
        const { faults } = await w.verify()
        assert.deepEqual(faults, [], `round ${round}`)
      }
      assert.ok((await w.chain()).expired >= 200)
      const first = (await w.entries()).find(({ seq }) => seq > 0)
      await w.beneath.set(table.entries, first?.id ?? '', { by: 'user:mallory' })
      const { faults } = await w.verify()
      assert.deepEqual(
        faults.map(({ kind, first: at }) => [kind, at]),
        [['changed', first?.seq]],
      )
    })
  })
}

describe('nothing', () => {
  test('goes without the setting, nor what no head was signed for', async () => {
    await using w = await auditWorld()
    await hours(w, 3)
    await w.done(5)
    assert.deepEqual(await expire(w, undefined), { entries: 0 })
    await w.clock.advance(100 * day)
    assert.deepEqual(await expire(w, day), { entries: 30 })
    assert.deepEqual(await expire(w, day), { entries: 0 })
    const { sound, unsealed } = await w.verify()
    assert.deepEqual([sound, unsealed.count], [true, 6])
  })

  test('is lost of it where the checkpoint is changed or removed', async () => {
    for (const tamper of [
      (w: AuditWorld) => w.beneath.set(table.chain, 'chain', { expired: 40 }),
      (w: AuditWorld) => w.beneath.remove(table.heads, 3),
      (w: AuditWorld) => w.beneath.set(table.heads, 3, { hash: 'f'.repeat(64) }),
    ]) {
      await using w = await auditWorld()
      await hours(w, 5)
      await expire(w, 3 * hour)
      assert.deepEqual([(await w.chain()).checkpoint, (await w.verify()).sound], [3, true])
      await tamper(w)
      assert.equal((await w.verify()).sound, false)
    }
  })

  test('is missing where an expiry is cut short: the next one goes on, and meanwhile all is sound', async () => {
    const cut = new AbortController()
    const isExpiry = (change: Change): boolean =>
      change.do === 'insert' && change.row['action'] === 'audit.expire'
    await using w = await auditWorld('memory', {
      wrap: (store) =>
        overStore(store, {
          commit: async (id, changes, survives) => {
            if (changes.some(isExpiry)) cut.abort(new Error('cut short'))
            return await store.commit(id, changes, survives)
          },
        }),
    })
    await hours(w, 30)
    await assert.rejects(expireAudit(w.test.core, { keep: day }, cut.signal), /cut short/)
    assert.equal((await w.entries()).length, 301)
    assert.deepEqual([(await w.chain()).expired, (await w.verify()).faults], [70, []])
    assert.deepEqual(await expire(w, undefined), { entries: 70 })
    assert.deepEqual([(await w.entries()).length, (await w.verify()).faults], [231, []])
  })
})
