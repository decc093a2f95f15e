import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { seededRandom } from '../../../src/adapters/random/seeded/seeded-random.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { schema } from '../../../src/boot/schema.ts'
import type { Caller } from '../../../src/core/ledger/caller.ts'
import { Ledger, type NewEvent, type Plan } from '../../../src/core/ledger/ledger.ts'
import { type AuditRow, auditEntries, events, secrets } from '../../../src/core/ledger/tables.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Change, Outcome, Store } from '../../../src/ports/store/store.ts'
import type { Log, Row } from '../../../src/ports/store/table.ts'
import { until } from '../../kit/until.ts'

const caller: Caller = {
  principal: { kind: 'user', name: 'ada' },
  requestId: 'request-1',
  address: '192.0.2.1',
  signal: new AbortController().signal,
}

const lostRace: Outcome = { ok: false, change: 0, why: 'rev' }
type Fate =
  | 'pass'
  | 'race'
  | 'transient'
  | 'unknown, applied'
  | 'unknown, not applied'
  | 'permanent'
  | 'full'
  | 'denied'

/** A ledger over a store whose commits meet the fates given, in their order, and pass after that. */
async function world(fates: readonly Fate[] = [], commitRetries = 5) {
  const clock = new ManualClock()
  const inner = await openMemoryStore(schema, { now: () => clock.now() })
  const commits: { readonly id: string; readonly changes: readonly Change[] }[] = []
  const left = [...fates]
  const commit: Store['commit'] = async (id, changes) => {
    commits.push({ id, changes })
    const fate = left.shift() ?? 'pass'
    if (fate === 'race') return lostRace
    if (fate === 'transient' || fate === 'permanent' || fate === 'full' || fate === 'denied') {
      throw new StoreError(fate, 'words of the engine')
    }
    if (fate === 'unknown, not applied') throw new StoreError('unknown', 'cut')
    const outcome = await inner.commit(id, changes)
    if (fate === 'unknown, applied') throw new StoreError('unknown', 'cut')
    return outcome
  }
  const store = new Proxy(inner, {
    get: (_, name) => (name === 'commit' ? commit : (Reflect.get(inner, name) as () => unknown).bind(inner)),
  })
  const told = { woken: 0, published: 0, asked: 0 }
  /** What others need to hear of a change. */
  const hearing = { takes: Promise.resolve() }
  const telemetry = new MemoryTelemetry()
  const random = seededRandom(1)
  const ledger = new Ledger({
    store,
    clock,
    random,
    telemetry,
    commitRetries,
    published: () => void told.published++,
    heardByAll: () => {
      told.asked++
      return hearing.takes
    },
    journal: {
      enqueue: (job) => [insert(secrets, { name: `job ${job.kind}`, bytes: new Uint8Array([1]) })],
      wake: () => void told.woken++,
    },
  })
  const rows = async (): Promise<string[]> =>
    (await inner.find(secrets, { index: 'key', limit: 100 })).rows.map((row) => row.name)
  const logged = async <R extends Row>(log: Log<R>): Promise<R[]> =>
    (await inner.tail(log, undefined, 100)).entries.map((entry) => entry.row)
  const audited = async (): Promise<AuditRow[]> =>
    (await inner.find(auditEntries, { index: 'key', limit: 100 })).rows.map(({ rev: _, ...row }) => row)
  /** Runs while time passes as it must. */
  const settled = async <T>(work: Promise<T>): Promise<PromiseSettledResult<T>> => {
    let done = false
    const end = Promise.allSettled([work]).then(([result]) => {
      done = true
      return result
    })
    while (!done) await clock.advance(1)
    return await end
  }
  return { ledger, inner, clock, commits, told, hearing, telemetry, rows, logged, audited, settled }
}

const secret = (name: string): Change => insert(secrets, { name, bytes: new Uint8Array() })
const full = (names: readonly string[]): Plan<string> => ({
  value: 'done',
  changes: names.map(secret),
  deeds: [
    { action: 'tag.move', repository: 'acme/app', target: 'v1', before: 'sha256:a', after: 'sha256:b' },
    { action: 'blob.push', repository: 'acme/app', target: 'sha256:c' },
  ],
  events: [
    {
      kind: 'tag.moved',
      repository: 'acme/app',
      tag: 'v1',
      digest: 'sha256:b',
      previous: 'sha256:a',
      mediaType: 'm/t',
    },
    { kind: 'blob.deleted', repository: 'acme/app', digest: 'sha256:c' },
  ],
  jobs: [{ kind: 'index', payload: {} }],
})

describe('a change', () => {
  test('that takes the place of something is answered once others have heard of it; no other one waits', async () => {
    const { ledger, told, hearing, rows } = await world()
    const about = { repository: 'acme/app', digest: 'sha256:a' }
    const changed = (name: string, ...events: NewEvent[]): Promise<string> =>
      ledger.change(caller, async () => ({ value: name, changes: [secret(name)], events }))
    await changed('pushed', { kind: 'manifest.pushed', ...about }, { kind: 'tag.moved', tag: 'v1', ...about })
    await changed('made', { kind: 'artifact.created', ...about }, { kind: 'version.published', ...about })
    assert.equal(told.asked, 0)
    const heard = Promise.withResolvers<void>()
    hearing.takes = heard.promise
    const answered: string[] = []
    const waiting = [
      changed('moved', { kind: 'tag.moved', tag: 'v1', previous: 'sha256:b', ...about }),
      changed('untagged', { kind: 'tag.deleted', tag: 'v1', ...about }),
      changed('deleted', { kind: 'manifest.deleted', ...about }),
      changed('published', { kind: 'version.published', ...about }),
    ].map(async (answer) => answered.push(await answer))
    await until(async () => told.asked === 4)
    assert.deepEqual(answered, [])
    assert.equal((await rows()).length, 6, 'all of it is committed meanwhile')
    heard.resolve()
    await Promise.all(waiting)
    assert.deepEqual(answered.sort(), ['deleted', 'moved', 'published', 'untagged'])
  })

  test('is one batch with its audit entries, its events and its jobs, and tells of both', async () => {
    const { ledger, commits, told, rows, logged, audited, clock } = await world()
    assert.equal(await ledger.change(caller, async () => full(['a', 'b'])), 'done')
    assert.equal(commits.length, 1)
    assert.deepEqual(await rows(), ['a', 'b', 'job index'])
    const by = { at: clock.now(), by: 'user:ada' }
    const from = { requestId: 'request-1', address: '192.0.2.1' }
    const entries = await audited()
    const ids = entries.map(({ id }) => id)
    assert.equal(new Set(ids).size, 2)
    assert.deepEqual(ids, ids.toSorted())
    const entry = {
      ...{ ...by, ...from, via: '', namespace: 'acme', repository: 'acme/app' },
      ...{ outcome: 'done', code: '', times: 1, seq: 0, hash: '' },
    }
    assert.deepEqual(
      entries.map(({ id: _, ...rest }) => rest),
      [
        { ...entry, action: 'tag.move', target: 'v1', before: 'sha256:a', after: 'sha256:b' },
        { ...entry, action: 'blob.push', target: 'sha256:c', before: '', after: '' },
      ],
    )
    assert.deepEqual(await logged(events), [
      {
        ...by,
        kind: 'tag.moved',
        repository: 'acme/app',
        tag: 'v1',
        digest: 'sha256:b',
        previous: 'sha256:a',
        mediaType: 'm/t',
        artifact: '',
        version: '',
      },
      {
        ...by,
        kind: 'blob.deleted',
        repository: 'acme/app',
        tag: '',
        digest: 'sha256:c',
        previous: '',
        mediaType: '',
        artifact: '',
        version: '',
      },
    ])
    assert.deepEqual(told, { woken: 1, published: 1, asked: 1 })
  })

  test('without an address is recorded without one, and who it was stays told apart', async () => {
    const { ledger, audited } = await world()
    const { address: _, ...nowhere } = caller
    const system = { ...nowhere, principal: { kind: 'system', name: 'collect' } } as const
    await ledger.change(system, async () => full(['a']))
    assert.deepEqual(
      (await audited()).map(({ by, address }) => [by, address]),
      [
        ['system:collect', ''],
        ['system:collect', ''],
      ],
    )
  })

  test('that has nothing to do commits nothing and records nothing', async () => {
    const { ledger, commits, told } = await world()
    assert.equal(await ledger.change(caller, async () => ({ ...full([]), changes: [] })), 'done')
    assert.deepEqual([commits.length, told], [0, { woken: 0, published: 0, asked: 0 }])
  })

  test('whose decision fails commits nothing and passes the error as it is', async () => {
    const { ledger, commits, told } = await world()
    const error = new Error('refused')
    await assert.rejects(
      ledger.change(caller, async () => {
        throw error
      }),
      (thrown) => thrown === error,
    )
    assert.deepEqual([commits.length, told], [0, { woken: 0, published: 0, asked: 0 }])
  })

  test('that lost a race is decided again, and the last decision counts', async () => {
    const { ledger, commits, told, rows, logged, audited, settled, telemetry } = await world([
      'race',
      'race',
      'race',
    ])
    let decisions = 0
    const result = await settled(
      ledger.change(caller, async () => ({ ...full([`decision ${++decisions}`]), value: `${decisions}` })),
    )
    assert.deepEqual(result, { status: 'fulfilled', value: '4' })
    assert.deepEqual(await rows(), ['decision 4', 'job index'])
    assert.equal(new Set(commits.map(({ id }) => id)).size, 4)
    assert.deepEqual([(await audited()).length, (await logged(events)).length], [2, 2])
    assert.deepEqual(told, { woken: 1, published: 1, asked: 1 })
    assert.equal(telemetry.counted('lading_commit_races_total', { why: 'rev' }), 3)
  })

  test('goes again at once after the first lost race, and waits only after that', async () => {
    const { ledger, clock } = await world(['race'])
    assert.equal(await ledger.change(caller, async () => full(['a'])), 'done')
    assert.equal(clock.sleeping, 0)
  })

  test('that really loses against another writer sees the other', async () => {
    const { ledger, inner, clock } = await world()
    let decisions = 0
    const seen = await ledger.change(caller, async () => {
      decisions++
      const row = await inner.get(secrets, ['a'])
      if (row !== undefined) return { value: 'theirs', changes: [] }
      const id = newBatchId(clock.now(), (length) => crypto.getRandomValues(new Uint8Array(length)))
      await inner.commit(id, [secret('a')])
      return { value: 'ours', changes: [secret('a')] }
    })
    assert.deepEqual([seen, decisions], ['theirs', 2])
  })

  test('that loses every race ends as unavailable after its retries, with nothing changed', async () => {
    const { ledger, commits, told, rows, settled } = await world(Array(50).fill('race'), 5)
    const result = await settled(ledger.change(caller, async () => full(['a'])))
    assert.ok(result.status === 'rejected' && isRegistryError(result.reason, 'unavailable'))
    assert.equal(commits.length, 6)
    assert.deepEqual(await rows(), [])
    assert.deepEqual(told, { woken: 0, published: 0, asked: 0 })
  })
})

describe('a fault of the store', () => {
  test('with an unknown outcome is asked for again under the same id: applied once', async () => {
    const { ledger, commits, told, rows, audited, settled } = await world([
      'unknown, applied',
      'unknown, applied',
    ])
    const result = await settled(ledger.change(caller, async () => full(['a'])))
    assert.deepEqual(result, { status: 'fulfilled', value: 'done' })
    assert.equal(commits.length, 3)
    assert.equal(new Set(commits.map(({ id }) => id)).size, 1)
    assert.deepEqual(await rows(), ['a', 'job index'])
    assert.equal((await audited()).length, 2)
    assert.deepEqual(told, { woken: 1, published: 1, asked: 1 })
  })

  test('with an unknown outcome that was not applied is applied by the repeat', async () => {
    const { ledger, commits, rows, settled } = await world(['unknown, not applied'])
    assert.equal((await settled(ledger.change(caller, async () => full(['a'])))).status, 'fulfilled')
    assert.equal(new Set(commits.map(({ id }) => id)).size, 1)
    assert.deepEqual(await rows(), ['a', 'job index'])
  })

  test('that is transient takes a new id and the same changes, without a new decision', async () => {
    const { ledger, commits, rows, settled, telemetry } = await world([
      'transient',
      'transient',
      'unknown, not applied',
    ])
    let decisions = 0
    const result = await settled(
      ledger.change(caller, async () => {
        decisions++
        return full(['a'])
      }),
    )
    assert.equal(result.status, 'fulfilled')
    const ids = commits.map(({ id }) => id)
    assert.deepEqual(
      ids.map((id) => ids.indexOf(id)),
      [0, 1, 2, 2],
    )
    assert.equal(new Set(commits.map(({ changes }) => changes)).size, 1)
    assert.equal(decisions, 1)
    assert.deepEqual(await rows(), ['a', 'job index'])
    assert.equal(telemetry.lines.filter(({ level }) => level === 'warn').length, 3)
  })

  test('with an unknown outcome stays unknown through other faults: the id is kept, and it is applied once', async () => {
    const { ledger, commits, told, rows, logged, audited, settled } = await world([
      'unknown, applied',
      'transient',
      'transient',
    ])
    let decisions = 0
    const result = await settled(
      ledger.change(caller, async () => {
        decisions++
        return full(['a'])
      }),
    )
    assert.deepEqual(result, { status: 'fulfilled', value: 'done' })
    assert.deepEqual([commits.length, new Set(commits.map(({ id }) => id)).size], [4, 1])
    assert.equal(decisions, 1)
    assert.deepEqual(await rows(), ['a', 'job index'])
    assert.deepEqual([(await audited()).length, (await logged(events)).length], [2, 2])
    assert.deepEqual(told, { woken: 1, published: 1, asked: 1 })
  })

  test('of the repeat does not settle an unknown outcome, and so is not what is told', async () => {
    for (const [fate, tries] of [
      ['transient', 4],
      ['full', 2],
      ['denied', 2],
      ['permanent', 2],
    ] as const) {
      const { ledger, commits, told, rows, settled } = await world(['unknown, applied', fate, fate, fate])
      const result = await settled(ledger.change(caller, async () => full(['a'])))
      assert.ok(result.status === 'rejected' && isRegistryError(result.reason, 'unknown-outcome'), fate)
      assert.ok(result.reason.cause instanceof StoreError && result.reason.cause.kind === 'unknown', fate)
      assert.deepEqual([commits.length, new Set(commits.map(({ id }) => id)).size], [tries, 1], fate)
      assert.deepEqual(await rows(), ['a', 'job index'])
      assert.deepEqual(told, { woken: 0, published: 0, asked: 0 })
    }
  })

  test('that stays transient ends as unavailable, and one that stays unknown as unknown', async () => {
    for (const [fate, code] of [
      ['transient', 'unavailable'],
      ['unknown, not applied', 'unknown-outcome'],
    ] as const) {
      const { ledger, commits, told, settled } = await world(Array(50).fill(fate))
      const result = await settled(ledger.change(caller, async () => full(['a'])))
      assert.ok(result.status === 'rejected' && isRegistryError(result.reason, code), fate)
      assert.ok(result.reason.cause instanceof StoreError)
      assert.equal(commits.length, 4)
      assert.deepEqual(told, { woken: 0, published: 0, asked: 0 })
    }
  })

  test('that only a person can mend is told at once, and not tried again', async () => {
    for (const [fate, code] of [
      ['full', 'storage-full'],
      ['denied', 'unavailable'],
    ] as const) {
      const { ledger, commits, told } = await world([fate])
      await assert.rejects(
        ledger.change(caller, async () => full(['a'])),
        (error) => isRegistryError(error, code) && error.cause instanceof StoreError,
      )
      assert.deepEqual([commits.length, told], [1, { woken: 0, published: 0, asked: 0 }])
    }
  })

  test('that is permanent passes as it is, at once', async () => {
    const { ledger, commits } = await world(['permanent'])
    await assert.rejects(
      ledger.change(caller, async () => full(['a'])),
      (error) => error instanceof StoreError && error.kind === 'permanent',
    )
    assert.equal(commits.length, 1)
  })
})

describe('what is kept', () => {
  test('is committed without audit and events; its jobs ride along and wake', async () => {
    const { ledger, rows, logged, audited, told, commits } = await world()
    assert.equal(await ledger.keep(async () => full(['a'])), 'done')
    assert.equal(commits.length, 1)
    assert.deepEqual(await rows(), ['a', 'job index'])
    assert.deepEqual([await audited(), await logged(events)], [[], []])
    assert.equal(told.woken, 1)
  })

  test('may be a job alone, or nothing', async () => {
    const { ledger, rows, commits, told } = await world()
    await ledger.keep(async () => ({ value: 0, changes: [], jobs: [{ kind: 'x', payload: {} }] }))
    assert.deepEqual(await rows(), ['job x'])
    await ledger.keep(async () => ({ value: 0, changes: [], jobs: [] }))
    assert.equal(commits.length, 1)
    assert.equal(told.woken, 1)
  })
})
