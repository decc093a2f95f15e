import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryBlobs } from '../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { secrets } from '../../src/core/ledger/tables.ts'
import { BlobsError } from '../../src/ports/blobs/errors.ts'
import { StoreError } from '../../src/ports/store/errors.ts'
import { type TestCore, testCore } from '../core/kit.ts'
import { type FaultyBlobs, faultyBlobs } from '../kit/faulty-blobs.ts'
import { type FaultyStore, faultyStore } from '../kit/faulty-store.ts'

const well = { store: 'ok', blobs: 'ok', journal: 'ok', space: 'ok' }
const limits = { probeTime: 5_000, probeInterval: 10_000, minFreeBytes: 1024 }

interface Bench extends AsyncDisposable {
  readonly test: TestCore
  readonly store: FaultyStore
  readonly blobs: FaultyBlobs
  readonly parts: () => Promise<Readonly<Record<string, string>>>
  /** What was found before is forgotten. */
  readonly later: () => Promise<void>
  readonly told: () => string[]
}

async function bench(): Promise<Bench> {
  const [store, blobs] = [faultyStore(), faultyBlobs()]
  const core = await testCore({ wrap: store.wrap, blobs: blobs.wrap(openMemoryBlobs()), limits })
  return {
    test: core,
    store,
    blobs,
    parts: async () => (await core.registry.health.ready()).parts,
    later: () => core.clock.advance(limits.probeInterval),
    told: () =>
      core.telemetry.lines.map(({ level, message, fields }) => `${level} ${message} ${fields['part']}`),
    [Symbol.asyncDispose]: () => core[Symbol.asyncDispose](),
  }
}

test('a registry whose parts keep what is written is ready, and tells how its jobs stand', async () => {
  await using made = await bench()
  const { registry, core } = made.test
  assert.deepEqual(await registry.health.ready(), {
    ready: true,
    parts: well,
    jobs: { ready: 0, running: 0, dead: 0 },
    search: [],
  })
  const jobs = [{ kind: 'a', payload: {} }]
  await core.ledger.keep(async () => ({ value: 0, changes: [], jobs }))
  await made.later()
  assert.deepEqual((await registry.health.ready()).jobs, { ready: 1, running: 0, dead: 0 })
  assert.deepEqual(made.told(), [])
})

test('who asks often costs nothing: one row is written, and again only after a while', async () => {
  await using made = await bench()
  let [commits, probes] = [0, 0]
  made.store.before = (call) => {
    if (call === 'commit') commits += 1
  }
  made.blobs.before = () => {
    probes += 1
  }
  const rows = async (): Promise<number> =>
    (await made.test.store.find(secrets, { index: 'key', limit: 100 })).rows.length
  await Promise.all([made.parts(), made.parts(), made.parts()])
  const first = await rows()
  await made.parts()
  assert.deepEqual([commits, probes], [1, 1])
  await made.later()
  await made.parts()
  assert.deepEqual([commits, probes, await rows()], [2, 2, first])
})

test('what is wrong is said of the part that it is wrong with, with what to do and no word of an engine', async () => {
  const faults = {
    full: /^there is no space left: free some.*lading gc/,
    denied: /^it may not write: give the data folder back/,
    permanent: /^it fails: the log says how$/,
  } as const
  for (const [kind, said] of Object.entries(faults) as [keyof typeof faults, RegExp][]) {
    await using made = await bench()
    made.store.before = (call) => {
      if (call === 'commit') throw new StoreError(kind, 'words of the engine')
    }
    made.blobs.before = (call) => {
      if (call === 'probe') throw new BlobsError(kind, 'words of the engine')
    }
    const { ready, parts } = await made.test.registry.health.ready()
    assert.deepEqual([ready, parts['journal'], parts['space']], [false, 'ok', 'ok'])
    assert.match(String(parts['store']), said)
    assert.match(String(parts['blobs']), said)
    assert.deepEqual(
      made
        .told()
        .filter((line) => line.startsWith('error'))
        .sort(),
      ['error a part is not well blobs', 'error a part is not well store'],
    )
    made.store.heal()
    made.blobs.heal()
    await made.later()
    assert.deepEqual(await made.parts(), well)
    assert.deepEqual(made.told().slice(-2).sort(), [
      'info a part is well again blobs',
      'info a part is well again store',
    ])
  }
})

test('too little space is said in figures before the disk is full', async () => {
  await using made = await bench()
  made.blobs.free = 1023
  const { ready, parts } = await made.test.registry.health.ready()
  assert.equal(ready, false)
  assert.match(
    String(parts['space']),
    /^1023 B are free and limits.minFreeBytes wants 1 KiB, so pushes are refused/,
  )
  made.blobs.free = 1024
  await made.later()
  assert.deepEqual(await made.parts(), well)
})

test('a disk that does not answer in time is slow, is not asked twice, and is well once it has answered', async () => {
  await using made = await bench()
  const released = Promise.withResolvers<void>()
  let probes = 0
  made.blobs.before = async () => {
    probes += 1
    await released.promise
  }
  const asked = made.parts()
  await made.test.clock.advance(limits.probeTime)
  assert.match(String((await asked)['blobs']), /^it has not answered within 5000 ms: look at the load/)
  // It is known to be slow: whoever asks now does not wait for as long again.
  assert.match(String((await made.parts())['blobs']), /^it has not answered/)
  assert.equal(probes, 1)
  released.resolve()
  await made.test.clock.advance(0)
  assert.deepEqual(await made.parts(), well)
  assert.equal(probes, 1)
  assert.equal(made.test.clock.sleeping, 0, 'something still waits')
})

test('what cannot be counted is said, and the rest still answers', async () => {
  await using made = await bench()
  made.store.before = (call) => {
    if (call === 'count') throw new Error('count fails')
  }
  const { ready, parts, jobs } = await made.test.registry.health.ready()
  assert.deepEqual(
    [ready, parts, jobs],
    [false, { ...well, journal: 'it fails: the log says how' }, { ready: 0, running: 0, dead: 0 }],
  )
})
