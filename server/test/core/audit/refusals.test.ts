import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { moreRefused, type Refusal } from '../../../src/core/audit/refusals.ts'
import { type AuditRow, auditEntries } from '../../../src/core/ledger/tables.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import { overStore } from '../../kit/over-store.ts'
import { type AuditWorld, auditWorld } from './audit-world.ts'

const refusal: Refusal = {
  by: 'user:eve',
  via: 'key:k1',
  address: '192.0.2.66',
  action: 'oci-manifest.put',
  repository: 'acme/app',
  target: '/v2/acme/app/manifests/v1',
  code: 'denied',
  requestId: 'request-7',
}
const shown = ({ by, address, action, outcome, code, times }: AuditRow) => [
  by,
  address,
  action,
  outcome,
  code,
  times,
]

async function settled(w: AuditWorld): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  await w.test.refusals.flush()
}

describe('a refusal', () => {
  test('is written a second later, with all that is known of it', async () => {
    await using w = await auditWorld()
    w.test.registry.audit.refused(refusal)
    assert.deepEqual(await w.entries(), [])
    const at = w.clock.now()
    await w.clock.advance(1000)
    await settled(w)
    const [{ id: _, ...entry }, ...none] = (await w.entries()) as [AuditRow]
    assert.deepEqual(none, [])
    assert.deepEqual(entry, {
      ...refusal,
      ...{ at, namespace: 'acme', before: '', after: '', outcome: 'refused', times: 1, seq: 0, hash: '' },
    })
  })

  test('that comes again is the same entry; what differs is another one', async () => {
    await using w = await auditWorld()
    const { refusals } = w.test
    for (let n = 0; n < 5; n++) refusals.note({ ...refusal, requestId: `r${n}` })
    refusals.note({ ...refusal, by: 'user:mallory' })
    refusals.note({ ...refusal, address: '192.0.2.67' })
    refusals.note({ ...refusal, repository: 'acme/other' })
    await refusals.flush()
    refusals.note(refusal)
    await refusals.flush()
    assert.deepEqual((await w.entries()).map(({ times }) => times).sort(), [1, 1, 1, 1, 5])
    await w.seal()
    assert.equal((await w.verify()).sound, true)
  })

  test('is one commit with thousands of others: a flood neither grows memory nor is lost count of', async () => {
    let commits = 0
    await using w = await auditWorld('memory', {
      rules: { audit: { refusalsHeld: 100 } },
      wrap: (store) =>
        overStore(store, {
          commit: async (...args) => {
            commits++
            return await store.commit(...args)
          },
        }),
    })
    commits = 0
    const { refusals } = w.test
    for (let n = 0; n < 50_000; n++)
      refusals.note({ ...refusal, by: `user:u${n % 20}`, repository: `acme/app${n}` })
    assert.equal(commits, 0)
    await refusals.flush()
    assert.equal(commits, 1)
    const entries = await w.entries()
    assert.equal(entries.length, 120)
    assert.equal(
      entries.reduce((sum, { times }) => sum + times, 0),
      50_000,
    )
    const more = entries.filter(({ action }) => action === moreRefused)
    assert.deepEqual(
      more.map(shown).sort(),
      Array.from({ length: 20 }, (_, n) => [
        `user:u${n}`,
        '192.0.2.66',
        moreRefused,
        'refused',
        '',
        2495,
      ]).sort(),
    )
  })

  test('by more than can be told apart is counted with the others', async () => {
    await using w = await auditWorld('memory', { rules: { audit: { refusalsHeld: 10 } } })
    for (let n = 0; n < 1000; n++) w.test.refusals.note({ ...refusal, address: `192.0.${n >> 8}.${n & 255}` })
    await w.test.refusals.flush()
    const entries = await w.entries()
    assert.equal(entries.length, 21)
    assert.deepEqual(entries.filter(({ by }) => by === '').map(shown), [
      ['', '', moreRefused, 'refused', '', 980],
    ])
  })

  test('that cannot be written is counted, and written when that can be done again', async () => {
    let isDown = true
    await using w = await auditWorld('memory', {
      wrap: (store) =>
        overStore(store, {
          commit: async (id, changes, survives) => {
            const isOurs = changes.some(
              (change) => change.do === 'insert' && change.table.name === auditEntries.name,
            )
            if (isDown && isOurs) throw new StoreError('permanent', 'words of the engine')
            return await store.commit(id, changes, survives)
          },
        }),
    })
    for (let n = 0; n < 3; n++) w.test.refusals.note({ ...refusal, repository: `acme/app${n}` })
    await w.test.refusals.flush()
    assert.deepEqual(await w.entries(), [])
    isDown = false
    await w.test.refusals.close()
    assert.deepEqual((await w.entries()).map(shown), [
      ['user:eve', '192.0.2.66', moreRefused, 'refused', '', 3],
    ])
  })

  test('is cut where a client has chosen a long path, and nothing of it where nothing is recorded', async () => {
    await using w = await auditWorld()
    w.test.refusals.note({ ...refusal, target: `/v2/${'x'.repeat(10_000)}\0\ud800` })
    await w.test.refusals.flush()
    assert.equal((await w.entries())[0]?.target.length, 500)
    await using silent = await auditWorld('memory', { rules: { audit: { record: false } } })
    silent.test.refusals.note(refusal)
    await silent.test.refusals.flush()
    assert.deepEqual(await silent.entries(), [])
  })
})
