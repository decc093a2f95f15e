import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { realFileSystem } from '../../src/adapters/blobs/folder/file-system.ts'
import { openFolderBlobs } from '../../src/adapters/blobs/folder/open-folder-blobs.ts'
import { openMemoryCache } from '../../src/adapters/cache/memory/open-memory-cache.ts'
import { ManualClock } from '../../src/adapters/clock/manual/manual-clock.ts'
import { cryptoRandom } from '../../src/adapters/random/crypto/crypto-random.ts'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { instrumentBlobs, instrumentFileSystem } from '../../src/boot/instrument/instrument-blobs.ts'
import { instrumentCache } from '../../src/boot/instrument/instrument-cache.ts'
import { instrumentJobs } from '../../src/boot/instrument/instrument-jobs.ts'
import { instrumentStore } from '../../src/boot/instrument/instrument-store.ts'
import { instrumentUploads } from '../../src/boot/instrument/instrument-uploads.ts'
import type { Registry } from '../../src/boot/registry.ts'
import { schema } from '../../src/boot/schema.ts'
import { secrets } from '../../src/core/ledger/tables.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { overriding } from '../../src/domain/overriding.ts'
import { newBatchId } from '../../src/ports/store/batch-id.ts'
import { insert } from '../../src/ports/store/change.ts'
import type { BatchId } from '../../src/ports/store/store.ts'
import type { MetricName } from '../../src/ports/telemetry/metrics.ts'
import { overStore } from '../kit/over-store.ts'

/** Each series of a metric with its value, or how often it was observed. */
function seriesOf(telemetry: MemoryTelemetry, name: MetricName): Record<string, number> {
  const family = telemetry.families().find((one) => one.name === name) ?? assert.fail(name)
  return Object.fromEntries(
    family.samples.map((sample) => [
      Object.values(sample.labels).join(' '),
      'value' in sample ? sample.value : (sample.buckets.at(-1)?.count ?? 0),
    ]),
  )
}

const clock = new ManualClock()
const id = (): BatchId => newBatchId(clock.now(), (length) => cryptoRandom.bytes(length))
const row = { name: 'a', bytes: new Uint8Array([1]) }

describe('a store whose calls are counted', () => {
  it('does what it did, and tells how each call ended', async () => {
    const telemetry = new MemoryTelemetry()
    const plain = await openMemoryStore(schema, { now: () => clock.now() })
    const waiting: number[] = []
    const watched = overStore(plain, {
      commit: (batch, changes) => {
        waiting.push(seriesOf(telemetry, 'lading_store_commits_waiting')[''] ?? 0)
        return plain.commit(batch, changes)
      },
      find: () => Promise.reject(new Error('broken')),
    })
    const store = instrumentStore(watched, telemetry)
    assert.deepEqual(await store.commit(id(), [insert(secrets, row)]), { ok: true })
    assert.equal((await store.commit(id(), [insert(secrets, row)])).ok, false)
    assert.deepEqual((await store.get(secrets, ['a']))?.bytes, row.bytes)
    await assert.rejects(store.find(secrets, { index: 'key', limit: 1 }), /broken/)
    await assert.rejects(store.commit('x' as BatchId, []))
    assert.deepEqual(seriesOf(telemetry, 'lading_store_operation_duration_seconds'), {
      'get ok': 1,
      'find error': 1,
      'commit ok': 1,
      'commit lost': 1,
      'commit error': 1,
    })
    assert.deepEqual(waiting, [1, 1, 1])
    assert.deepEqual(seriesOf(telemetry, 'lading_store_commits_waiting'), { '': 0 })
    assert.equal(store.can, plain.can)
    await store.close()
  })
})

describe('blobs whose calls are counted', () => {
  it('do what they did, down to what only this engine can, and flushes are seen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-instrument-'))
    try {
      const telemetry = new MemoryTelemetry()
      const fs = instrumentFileSystem(realFileSystem, telemetry)
      const blobs = instrumentBlobs(
        await openFolderBlobs({ folder, clock, random: cryptoRandom, fs }),
        telemetry,
      )
      const flushesAtStart = seriesOf(telemetry, 'lading_blob_operation_duration_seconds')['fsync ok'] ?? 0
      const { signal } = new AbortController()
      const file = blobs.name()
      const bytes = Buffer.from('content')
      const body = (async function* () {
        yield bytes
      })()
      assert.deepEqual(await blobs.append(file, 0, body, signal), { length: 7 })
      await assert.rejects(blobs.seal(file, digestOf(Buffer.from('other'), 'sha256'), signal))
      await blobs.seal(file, digestOf(bytes, 'sha256'), signal)
      {
        await using opened = await blobs.open(file, undefined, signal)
        assert.equal(opened?.size, 7)
      }
      assert.equal(await blobs.length(file), 7)
      await blobs.remove(file)
      assert.ok(Number(await blobs.freeBytes?.()) > 0)
      const { 'fsync ok': flushes = 0, ...calls } = seriesOf(
        telemetry,
        'lading_blob_operation_duration_seconds',
      )
      assert.ok(flushes > flushesAtStart, `${flushes} flushes`)
      assert.deepEqual(calls, {
        'open ok': 1,
        'append ok': 1,
        'seal ok': 1,
        'seal error': 1,
        'remove ok': 1,
        'length ok': 1,
      })
      await blobs.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('a cache that is counted', () => {
  it('tells of look-ups, and of its size after every change', () => {
    const telemetry = new MemoryTelemetry()
    const cache = instrumentCache(openMemoryCache({ maxBytes: 1000 }), telemetry)
    const size = (): unknown[] => [
      seriesOf(telemetry, 'lading_cache_bytes')[''],
      seriesOf(telemetry, 'lading_cache_entries')[''],
    ]
    assert.equal(cache.get('a'), undefined)
    cache.set('a', 1, 100)
    cache.set('b', 2, 50)
    assert.deepEqual(size(), [150, 2])
    assert.deepEqual([cache.get('a'), cache.get('b')], [1, 2])
    cache.delete('a')
    assert.deepEqual(size(), [50, 1])
    cache.clear()
    assert.deepEqual(size(), [0, 0])
    assert.deepEqual(seriesOf(telemetry, 'lading_cache_requests_total'), { hit: 2, miss: 1 })
    assert.equal(cache.stats().maxBytes, 1000)
  })
})

describe('jobs and uploads that are counted', () => {
  it('are timed by kind and end', async () => {
    const telemetry = new MemoryTelemetry()
    const handlers = instrumentJobs(
      new Map([
        ['sweep', async () => ({ againAt: 7 })],
        ['collect', () => Promise.reject(new Error('broken'))],
        ['something-new', async () => undefined],
      ]),
      telemetry,
    )
    const context = { signal: new AbortController().signal, attempt: 1 }
    assert.deepEqual(await handlers.get('sweep')?.({}, context), { againAt: 7 })
    await assert.rejects(async () => await handlers.get('collect')?.({}, context), /broken/)
    await handlers.get('something-new')?.({}, context)
    assert.deepEqual(seriesOf(telemetry, 'lading_job_duration_seconds'), {
      'sweep ok': 1,
      'collect error': 1,
      'other ok': 1,
    })
  })

  it('are in progress until they end, however that is', async () => {
    const telemetry = new MemoryTelemetry()
    const go = Promise.withResolvers<never>()
    const uploads = { append: () => go.promise, finish: () => go.promise, push: () => go.promise }
    const registry = instrumentUploads({ uploads } as unknown as Registry, telemetry)
    const none = [] as unknown as Parameters<Registry['uploads']['append']>
    const running = [registry.uploads.append(...none), registry.uploads.append(...none)]
    assert.deepEqual(seriesOf(telemetry, 'lading_uploads_in_progress'), { '': 2 })
    go.reject(new Error('broken'))
    await Promise.allSettled(running)
    assert.deepEqual(seriesOf(telemetry, 'lading_uploads_in_progress'), { '': 0 })
  })
})

describe('an object of which some methods are replaced', () => {
  class Base {
    readonly #secret = 'kept'
    inherited(): string {
      return this.#secret
    }
  }
  class Counter extends Base {
    #count = 0
    get count(): number {
      return this.#count
    }
    up(): number {
      return ++this.#count
    }
    twice(): number {
      this.up()
      return this.up()
    }
  }

  it('goes on working on the object itself, with what only that can see', () => {
    const counter = new Counter()
    const replaced = overriding(counter, { up: () => -1 })
    assert.equal(replaced.up(), -1)
    assert.equal(replaced.twice(), 2)
    assert.equal(replaced.count, 2)
    assert.equal(replaced.inherited(), 'kept')
    const { twice } = replaced
    assert.equal(twice(), 4)
  })
})
