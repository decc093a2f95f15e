import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sealAudit } from '../../../src/core/audit/seal.ts'
import { auditHeads } from '../../../src/core/audit/tables.ts'
import { auditEntries, type EarlierAuditRow, earlierAudit, secrets } from '../../../src/core/ledger/tables.ts'
import { indexEraName } from '../../../src/core/search/index-era.ts'
import { chainStart, entryHash } from '../../../src/domain/audit-chain.ts'
import { jobHandlers, schedules, swiftJobs } from '../../../src/jobs/handlers.ts'
import { plant } from '../../../src/jobs/schedule.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, remove } from '../../../src/ports/store/change.ts'
import type { Change } from '../../../src/ports/store/store.ts'
import { overStore } from '../../kit/over-store.ts'
import { whileTimePasses } from '../../kit/while-time-passes.ts'
import { allRows } from '../invariants.ts'
import { type AuditWorld, auditWorld, hour } from './audit-world.ts'

const intervals = {
  cleanupInterval: hour,
  collectInterval: hour,
  sweepInterval: hour,
  retentionInterval: hour,
  compareInterval: hour,
}

async function commit(w: AuditWorld, ...changes: ReturnType<typeof append>[]): Promise<void> {
  const id = newBatchId(w.clock.now(), (length) => w.test.core.random.bytes(length))
  assert.deepEqual(await w.test.store.commit(id, changes), { ok: true })
}

const earlier = (w: AuditWorld, target: string): EarlierAuditRow => ({
  at: w.clock.now(),
  by: 'user:old',
  action: 'tag.move',
  repository: 'acme/app',
  target,
  before: '',
  after: 'sha256:x',
  requestId: 'r',
  address: '192.0.2.7',
})

describe('sealing', () => {
  test('gives every entry its place and a hash that follows, in the order in which they were made', async () => {
    await using w = await auditWorld()
    await w.done(3)
    assert.deepEqual(await w.seal(), { entries: 3, heads: 1 })
    await w.done(1000)
    assert.deepEqual(await w.seal(), { entries: 1000, heads: 0 })
    assert.deepEqual(await w.seal(), { entries: 0, heads: 0 })
    const entries = await w.entries()
    assert.deepEqual(
      entries.map(({ target }) => target),
      Array.from({ length: 1003 }, (_, at) => `change ${at}`),
    )
    let hash = chainStart
    for (const [at, entry] of entries.entries()) {
      hash = entryHash(hash, entry)
      assert.deepEqual([entry.seq, entry.hash], [at + 1, hash])
    }
    const { last, hash: end, head, headLast } = await w.chain()
    assert.deepEqual([last, end, head, headLast], [1003, hash, 1, 3])
  })

  test('signs a head an hour after the last one, and none where nothing is new', async () => {
    await using w = await auditWorld()
    assert.deepEqual(await w.seal(), { entries: 0, heads: 0 })
    await w.done(2)
    assert.equal((await w.seal()).heads, 1)
    await w.done(2)
    assert.equal((await w.seal()).heads, 0)
    await w.clock.advance(hour)
    assert.deepEqual(await w.seal(), { entries: 0, heads: 1 })
    await w.clock.advance(hour)
    assert.deepEqual(await w.seal(), { entries: 0, heads: 0 })
    const heads = await allRows(w.test.store, auditHeads)
    assert.deepEqual(
      heads.map(({ number, first, last }) => [number, first, last]),
      [
        [1, 1, 2],
        [2, 3, 4],
      ],
    )
    const { sound, heads: count, unsigned } = await w.verify()
    assert.deepEqual([sound, count, unsigned], [true, 2, 0])
  })

  test('by many at once seals each entry once', async () => {
    for (const engine of ['memory', 'sqlite'] as const) {
      await using w = await auditWorld(engine)
      await w.done(50)
      const seals = Array.from({ length: 8 }, () => w.seal())
      const more = w.done(20)
      const sealed = await whileTimePasses(w.clock, Promise.all(seals))
      await whileTimePasses(w.clock, more)
      const rest = await w.seal()
      const count = [...sealed, rest].reduce((sum, { entries }) => sum + entries, 0)
      assert.equal(count, 70)
      const report = await w.verify()
      assert.deepEqual([report.sound, report.entries, report.unsealed.count], [true, 70, 0])
    }
  })

  test('tells what is not sealed yet, and since when', async () => {
    await using w = await auditWorld()
    await w.done(2)
    await w.seal()
    const oldestAt = w.clock.now() + 1000
    await w.done(3)
    const { unsealed, entries, sound } = await w.verify()
    assert.deepEqual([unsealed, entries, sound], [{ count: 3, oldestAt }, 2, true])
  })

  test('takes over what earlier releases wrote, each entry once, also after the log was put back elsewhere', async () => {
    await using w = await auditWorld()
    await commit(w, append(earlierAudit, earlier(w, 'one')), append(earlierAudit, earlier(w, 'two')))
    await w.clock.advance(5)
    await w.done(1)
    await w.seal()
    await commit(w, append(earlierAudit, earlier(w, 'three')))
    await w.seal()
    // As it is with records that were restored or copied: positions belong to another log.
    await commit(w, remove(secrets, [indexEraName]))
    await commit(w, append(earlierAudit, earlier(w, 'four')))
    await w.seal()
    await w.seal()
    const targets = (await w.entries()).map(({ target, by, outcome, namespace }) => [
      target,
      by,
      outcome,
      namespace,
    ])
    assert.deepEqual(targets, [
      ['one', 'user:old', 'done', 'acme'],
      ['two', 'user:old', 'done', 'acme'],
      ['change 0', 'user:ada', 'done', 'acme'],
      ['three', 'user:old', 'done', 'acme'],
      ['four', 'user:old', 'done', 'acme'],
    ])
    assert.equal((await w.verify()).sound, true)
  })

  test('that is aborted stops, and leaves what it has done', async () => {
    const cut = new AbortController()
    const isSealing = (change: Change): boolean =>
      change.do === 'patch' && change.table.name === auditEntries.name
    await using w = await auditWorld('memory', {
      wrap: (store) =>
        overStore(store, {
          commit: async (id, changes, survives) => {
            if (changes.some(isSealing)) cut.abort(new Error('enough'))
            return await store.commit(id, changes, survives)
          },
        }),
    })
    await w.done(900)
    await assert.rejects(sealAudit(w.test.core, { headInterval: hour }, cut.signal), /enough/)
    const report = await w.verify()
    assert.deepEqual([report.sound, report.entries, report.unsealed.count], [true, 400, 500])
  })

  test('is at most five seconds behind, whatever other jobs run', async () => {
    await using w = await auditWorld('memory', { journal: { concurrency: 2, swift: swiftJobs } })
    const { test: core, clock } = w
    const scheduled = schedules(core, intervals).filter(({ kind }) => kind === 'seal-audit')
    await plant(core.core, core.journal, scheduled)
    const handlers = new Map(jobHandlers(core, scheduled))
    const endless = Promise.withResolvers<undefined>()
    handlers.set('endless', () => endless.promise)
    await core.core.ledger.keep(async () => ({
      value: undefined,
      changes: [],
      jobs: [1, 2, 3].map((n) => ({ kind: 'endless', payload: { n } })),
    }))
    core.journal.start(handlers)
    for (let second = 0; second < 30; second++) {
      await w.done(1)
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
      const { unsealed } = await w.verify()
      const age = unsealed.oldestAt === undefined ? 0 : clock.now() - unsealed.oldestAt
      assert.ok(age <= 5000, `${age} ms behind after ${second} s`)
    }
    assert.ok((await w.verify()).entries >= 25)
    endless.resolve(undefined)
  })

  test('goes on where nothing is recorded, and nothing is', async () => {
    await using w = await auditWorld('memory', { rules: { audit: { record: false } } })
    await w.done(3)
    await w.seal()
    assert.deepEqual(await w.entries(), [])
    assert.equal((await w.verify({})).sound, true)
  })
})

describe('what somebody expects', () => {
  test('is found where it is, and told where it is not', async () => {
    await using w = await auditWorld()
    await w.done(5)
    await w.seal()
    const third = (await w.entries())[2] ?? assert.fail()
    const at = async (seq: number, hash: string) =>
      (await w.verify({ expect: { seq, hash } })).faults.map(({ kind, first, last }) => [kind, first, last])
    assert.deepEqual(await at(3, third.hash), [])
    assert.deepEqual(await at(3, 'f'.repeat(64)), [['rewritten', 3, 5]])
    assert.deepEqual(await at(9, third.hash), [['removed', 9, 9]])
  })
})
