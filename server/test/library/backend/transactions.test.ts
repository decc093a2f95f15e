import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { termCounts } from '../../../src/core/artifacts/tables.ts'
import { files, uploads } from '../../../src/core/content/tables.ts'
import type { Limits } from '../../../src/core/ledger/limits.ts'
import type { Report } from '../../../src/library/backend-options.ts'
import { begun, done, made, named, refused } from '../../../src/library/backend-suite/harness.ts'
import type { Backend } from '../../../src/library/backend-types.ts'
import { type Embedded, type EmbeddedBackend, embedded } from '../../../src/library/embedded.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { allRows, checkInvariants } from '../../core/invariants.ts'
import { faultyStore } from '../../kit/faulty-store.ts'
import { overStore } from '../../kit/over-store.ts'
import { rowCounts } from './harness.ts'

interface World extends AsyncDisposable {
  readonly backend: Backend & EmbeddedBackend
  readonly store: Store
  readonly reports: Report[]
  /** What the next commits of this store answer instead. */
  fail(times: number, commit: Store['commit']): void
  /** Nothing contradicts itself. */
  check(): Promise<void>
}

interface WorldOptions {
  readonly limits?: Partial<Limits>
  readonly clock?: ManualClock
  readonly jobs?: boolean
  readonly quotas?: Readonly<Record<string, { bytes?: number; repositories?: number; manifests?: number }>>
}

async function world({ jobs = false, ...options }: WorldOptions = {}): Promise<World> {
  const opened: { store?: Store; blobs?: Blobs } = {}
  const failures: Store['commit'][] = []
  const reports: Report[] = []
  const backend = new MemoryBackend({
    ...options,
    jobs,
    report: (report) => reports.push(report),
    wrap: {
      store: (store) => {
        opened.store = store
        return overStore(store, {
          commit: async (id, changes, survives) => {
            const failure = failures.shift()
            return await (failure ?? store.commit.bind(store))(id, changes, survives)
          },
        })
      },
      blobs: (blobs) => {
        opened.blobs = blobs
        return blobs
      },
    },
  })
  done(await backend.connect())
  const { store, blobs } = opened as { store: Store; blobs: Blobs }
  return {
    backend,
    store,
    reports,
    fail: (times, commit) => failures.push(...Array.from({ length: times }, () => commit)),
    check: () => checkInvariants({ store, blobs }),
    [Symbol.asyncDispose]: async () => void done(await backend.disconnect()),
  }
}

const large = (text: string): string => `${text} `.repeat(50_000)
const states = async (store: Store): Promise<string[]> =>
  (await allRows(store, files)).map(({ state }) => state).sort()

test('files that a transaction has filled are given up with it: rolled back, in conflict, late or cut off', async () => {
  const clock = new ManualClock()
  await using w = await world({ clock, limits: { transactionTime: 1_000 } })
  const { id } = await made(w.backend, named('Ada'))
  const before = await rowCounts(w.store)
  const ends = {
    rollback: async (transaction: Awaited<ReturnType<typeof begun>>) =>
      void done(await transaction.rollback()),
    conflict: async (transaction: Awaited<ReturnType<typeof begun>>) => {
      done(await transaction.read(id))
      const { artifacts, caller } = own
      await artifacts.update(caller, { id, source: `${Math.random()}` })
      refused(await transaction.commit(), 'CONFLICT')
    },
    late: async (transaction: Awaited<ReturnType<typeof begun>>) => {
      await clock.advance(1_000)
      refused(await transaction.count(), 'TIMEOUT')
      refused(await transaction.rollback(), 'TIMEOUT')
    },
  }
  const own = w.backend[embedded]()
  let given = 0
  for (const [name, end] of Object.entries(ends)) {
    const transaction = await begun(w.backend)
    await made(transaction, named(name, { source: large(name) }))
    await made(transaction, named(`${name} too`, { source: large(`${name} too`) }))
    assert.equal((await allRows(w.store, uploads)).length, 2, name)
    await end(transaction)
    given += 2
    await until(async () => (await allRows(w.store, uploads)).length === 0)
    assert.deepEqual(await states(w.store), Array(given).fill('trash'), name)
  }
  const { files: _f, ...rest } = await rowCounts(w.store)
  const { files: _g, ...was } = before
  // The conflict was made by a change of the draft, which leaves its history.
  assert.deepEqual(
    Object.keys(rest)
      .filter((table) => rest[table] !== was[table])
      .sort(),
    ['audit_entries', 'blobs', 'events', 'holdings', 'links', 'manifests', 'tag_history'],
  )
  await w.check()
})

test('a transaction that is committed keeps its files, each content once', async () => {
  await using w = await world()
  const transaction = await begun(w.backend)
  for (const name of ['One', 'Two', 'Three'])
    await made(transaction, named(name, { source: large(name === 'Three' ? 'One' : name) }))
  done(await transaction.commit())
  assert.deepEqual(await states(w.store), ['blob', 'blob', 'trash'])
  assert.deepEqual(await allRows(w.store, uploads), [])
  await w.check()
})

test('files of an operation that fails within a transaction go at once, and it goes on', async () => {
  await using w = await world()
  await made(w.backend, named('Ada', { metadata: { slug: 'ada' } }))
  const transaction = await begun(w.backend)
  refused(
    await transaction.create(named('Bo', { metadata: { slug: 'ada' }, source: large('x') })),
    'DUPLICATE',
  )
  assert.deepEqual(await states(w.store), ['trash'])
  await made(transaction, named('Bo', { source: large('y') }))
  done(await transaction.commit())
  assert.deepEqual(await states(w.store), ['blob', 'trash'])
  await w.check()
})

test('book-keeping that others have begun meanwhile is no conflict: all is decided again, to the same names and times', async () => {
  await using w = await world()
  const metadata = { tags: ['new'], skills: ['new'], organization: 'new' }
  const transaction = await begun(w.backend)
  const first = await made(transaction, named('First', { metadata, source: large('same') }))
  const updated = done(
    await transaction.update(first.id, { metadata: { tags: ['new', 'b'] }, published: true }),
  )
  const version = done(await transaction.createVersion(first.id, { version: '2.0.0', source: large('more') }))
  const { artifacts, caller } = w.backend[embedded]()
  assert.equal(await artifacts.star(caller, first.id, 'ada'), 1)
  await artifacts.countUse(first.id, 'views')
  const inside = done(await transaction.read(first.id))
  await apart(async () => {
    await made(w.backend, named('Second', { metadata, source: large('same') }))
  })
  done(await transaction.commit())
  const read = done(await w.backend.read(first.id))
  assert.deepEqual(read, inside)
  assert.deepEqual([read.metadata.tags, read.published], [updated.metadata.tags, true])
  assert.deepEqual(done(await w.backend.getVersion(first.id, '2.0.0')), version)
  const counts = await allRows(w.store, termCounts)
  assert.deepEqual(
    counts.map(({ field, term, artifacts: many }) => [field, term, many]),
    [
      ['skill', 'new', 2],
      ['topic', 'b', 1],
      ['topic', 'new', 2],
    ],
  )
  await w.check()
})

test('what is decided again still insists on what it has read', async () => {
  await using w = await world()
  const { id } = await made(w.backend, named('Ada'))
  const transaction = await begun(w.backend)
  await made(transaction, named('First', { metadata: { tags: ['new'] } }))
  done(await transaction.update(id, { metadata: { description: 'mine' } }))
  await apart(async () => {
    await made(w.backend, named('Second', { metadata: { tags: ['new'] } }))
    done(await w.backend.update(id, { metadata: { author: 'theirs' } }))
  })
  refused(await transaction.commit(), 'CONFLICT')
  assert.equal(done(await w.backend.read(id)).metadata.description, undefined)
  await w.check()
})

test('what a registry manager shows in a transaction is what its changes there must still find', async () => {
  await using w = await world()
  const registry = new RegistryManager(w.backend)
  const looks: Record<string, (id: string) => Promise<unknown>> = {
    read: (id) => registry.read(id),
    readBySlug: () => registry.readBySlug('', 'seen'),
    find: () => registry.find({}),
    findByTag: () => registry.find({ tags: ['t'] }),
    getVersion: (id) => registry.getVersion(id, '0.1.0'),
    listVersions: (id) => registry.listVersions(id),
  }
  const changes: Record<string, (id: string) => Promise<unknown>> = {
    update: (id) => registry.update(id, { description: 'mine' }),
    publish: (id) => registry.publish(id, '0.1.0'),
    star: (id) => registry.star(id, 'eve'),
    incrementViews: (id) => registry.incrementViews(id),
    delete: (id) => registry.delete(id),
    purge: (id) => registry.purge(id),
  }
  for (const [name, look] of Object.entries(looks)) {
    for (const [what, change] of Object.entries(changes)) {
      const { id } = await made(w.backend, named('Seen', { metadata: { tags: ['t'] } }))
      const transaction = await begun(w.backend)
      await look(id)
      await apart(async () => void (await registry.update(id, { description: 'theirs' })))
      await change(id)
      assert.match(refused(await transaction.commit(), 'CONFLICT'), /begin it again/, `${name}, then ${what}`)
      const left = await registry.read(id)
      assert.deepEqual([left.description, left.publishedAt, left.stars], ['theirs', undefined, 0])
      await registry.purge(id)
    }
  }
  await w.check()
})

test('a collection that a transaction changes must be as it was shown there', async () => {
  await using w = await world()
  const { collections } = new RegistryManager(w.backend)
  const { id } = await collections.create({ name: 'Mine' })
  for (const look of [() => collections.read(id), () => collections.list('')]) {
    const transaction = await begun(w.backend)
    await look()
    await apart(async () => void (await collections.update(id, { description: `${Math.random()}` })))
    await collections.update(id, { description: 'mine' })
    refused(await transaction.commit(), 'CONFLICT')
    assert.notEqual((await collections.read(id)).description, 'mine')
  }
})

test('a fault while a transaction looks at what it changes is told, and the change can be made again', async () => {
  const fault = faultyStore()
  const backend = new MemoryBackend({ jobs: false, wrap: { store: fault.wrap } })
  done(await backend.connect())
  const { id } = await made(backend, named('Seen'))
  let met = 0
  for (let failing = 1, isMet = true; isMet; failing++) {
    isMet = false
    const transaction = await begun(backend)
    done(await transaction.find())
    let reads = 0
    fault.before = (call) => {
      if (call !== 'getMany' || ++reads !== failing) return
      isMet = true
      throw new StoreError('transient', 'busy')
    }
    const deleted = await transaction.delete(id)
    fault.heal()
    assert.equal(deleted.ok, !isMet)
    if (isMet) {
      met += 1
      refused(deleted, 'UNAVAILABLE')
      done(await transaction.delete(id))
    }
    done(await (isMet ? transaction.rollback() : transaction.commit()))
  }
  assert.ok(met >= 2, 'neither what the change reads nor what its guard reads has failed')
  refused(await backend.read(id), 'NOT_FOUND')
  done(await backend.disconnect())
})

test('a change of what others have purged since it was read is CONFLICT at once, and so is the commit', async () => {
  const clock = new ManualClock()
  await using w = await world({ clock })
  const registry = new RegistryManager(w.backend)
  const changes: ((id: string) => Promise<unknown>)[] = [
    (id) => registry.delete(id),
    (id) => registry.purge(id),
    (id) => registry.star(id, 'eve'),
  ]
  for (const change of changes) {
    const { id } = await made(w.backend, named('Ada', { metadata: { tags: ['t'] } }))
    const transaction = await begun(w.backend)
    done(await transaction.read(id))
    await apart(async () => void done(await w.backend.purge(id)))
    await assert.rejects(change(id), { code: 'CONFLICT' })
    assert.equal(clock.sleeping, 0)
    refused(await transaction.commit(), 'CONFLICT')
  }
  await w.check()
})

test('a quota that others have used up meanwhile is QUOTA, and leaves nothing', async () => {
  await using w = await world({ quotas: { acme: { repositories: 2 } } })
  const metadata = { organization: 'acme' }
  const transaction = await begun(w.backend)
  await made(transaction, named('One', { metadata }))
  await made(transaction, named('Two', { metadata }))
  refused(await transaction.create(named('Three', { metadata })), 'QUOTA')
  await apart(async () => void (await made(w.backend, named('Other', { metadata }))))
  refused(await transaction.commit(), 'QUOTA')
  assert.equal(done(await w.backend.count()), 1)
  await w.check()
})

test('a fault that passes is tried again; one that stays is UNAVAILABLE, and then commit can be called again', async () => {
  await using w = await world()
  const transient = async (): Promise<never> => {
    throw new StoreError('transient', 'busy')
  }
  const transaction = await begun(w.backend)
  await made(transaction, named('Ada', { source: large('x') }))
  w.fail(2, transient)
  done(await transaction.commit())
  const other = await begun(w.backend)
  const { id } = await made(other, named('Bo', { source: large('y') }))
  w.fail(4, transient)
  refused(await other.commit(), 'UNAVAILABLE')
  refused(await other.read(id), 'CONFLICT')
  refused(await w.backend.read(id), 'NOT_FOUND')
  done(await other.commit())
  done(await w.backend.read(id))
  const third = await begun(w.backend)
  await made(third, named('Cy', { source: large('z') }))
  w.fail(4, transient)
  refused(await third.commit(), 'UNAVAILABLE')
  done(await third.rollback())
  assert.equal(done(await w.backend.count()), 2)
  assert.deepEqual(await allRows(w.store, uploads), [])
  await w.check()
})

test('an outcome that stays unknown is told as such, and another commit settles it without doing it twice', async () => {
  await using w = await world()
  const transaction = await begun(w.backend)
  const { id } = await made(transaction, named('Ada', { source: large('x') }))
  w.fail(1, async (batch, changes) => {
    await w.store.commit(batch, changes)
    throw new StoreError('unknown', 'the answer was lost')
  })
  w.fail(3, async () => {
    throw new StoreError('unknown', 'no answer')
  })
  refused(await transaction.commit(), 'UNKNOWN_OUTCOME')
  done(await transaction.commit())
  done(await w.backend.read(id))
  assert.equal(done(await w.backend.count()), 1)
  await w.check()
})

test('a permanent refusal of the store is the end of it', async () => {
  await using w = await world()
  const transaction = await begun(w.backend)
  await made(transaction, named('Ada', { source: large('x') }))
  w.fail(1, async () => {
    throw new StoreError('permanent', 'not a table')
  })
  refused(await transaction.commit(), 'INTERNAL')
  refused(await transaction.commit(), 'CONFLICT')
  assert.deepEqual(await allRows(w.store, uploads), [])
  await w.check()
})

test('events and jobs of a transaction come with its commit, and none with a rollback', async () => {
  await using w = await world({ jobs: true })
  const { events } = w.backend[embedded]()
  const { id } = await made(w.backend, named('Purged'))
  const end = new AbortController()
  const heard: string[] = []
  const listening = (async () => {
    for await (const { kind } of events.read(await events.last(), end.signal)) heard.push(kind)
  })()
  await new Promise(setImmediate)
  for (const act of ['rollback', 'commit'] as const) {
    const transaction = await begun(w.backend)
    await made(transaction, named(`Made ${act}`))
    done(await transaction.purge(id))
    await new Promise(setImmediate)
    assert.deepEqual(heard, [])
    done(await transaction[act]())
  }
  await until(async () => heard.includes('artifact.purged'))
  assert.deepEqual(
    heard.filter((kind) => kind.startsWith('artifact.')),
    ['artifact.created', 'artifact.purged'],
  )
  end.abort()
  await listening
  // The job that removes what the purged artifact held has run.
  await until(async () => (await rowCounts(w.store))['tags'] === 1)
})

test('who has joined by another face of the library reads its own writes, and what it reads by slug is checked too', async () => {
  await using w = await world()
  const { id } = await made(w.backend, named('Ada', { metadata: { slug: 'ada' } }))
  const transaction = await begun(w.backend)
  const face: Embedded = w.backend[embedded]()
  const registry = new RegistryManager(w.backend)
  assert.equal((await registry.readBySlug('', 'ada')).id, id)
  await assert.rejects(registry.readBySlug('', 'none'), { code: 'NOT_FOUND' })
  const collection = await face.artifacts.collections.create(face.caller, 'ada', {
    name: 'Mine',
    artifacts: [id],
  } as never)
  assert.deepEqual((await face.artifacts.collections.read(collection.id)).artifacts, [id])
  await apart(async () => void done(await w.backend.update(id, { source: 'other' })))
  refused(await transaction.commit(), 'CONFLICT')
  await assert.rejects(w.backend[embedded]().artifacts.collections.read(collection.id), {
    code: 'collection-unknown',
  })
  await assert.rejects(face.artifacts.read(id), { code: 'CONFLICT' })
})

test('work that is under way when its transaction ends comes to its end first', async () => {
  await using w = await world()
  const transaction = await begun(w.backend)
  const creating = Promise.all([1, 2, 3].map((n) => transaction.create(named(`Ada ${n}`))))
  const committed = await transaction.commit()
  const results = await creating
  done(committed)
  const kept = results.filter(({ ok }) => ok).length
  assert.equal(done(await w.backend.count()), kept)
  assert.ok(kept > 0)
  await w.check()
})

test('a transaction whose time ends while it works says so, and writes nothing', async () => {
  const clock = new ManualClock()
  await using w = await world({ clock, limits: { transactionTime: 500 } })
  const transaction = await begun(w.backend)
  w.fail(1, async (batch, changes) => {
    await clock.advance(500)
    return await w.store.commit(batch, changes)
  })
  refused(await transaction.create(named('Ada', { source: large('x') })), 'TIMEOUT')
  refused(await transaction.commit(), 'TIMEOUT')
  assert.equal(done(await w.backend.count({ filter: { deleted: true } })), 0)
})

/** In a context of its own, which is in no transaction. */
async function apart(work: () => Promise<void>): Promise<void> {
  await outside(work)
}
const { AsyncResource } = await import('node:async_hooks')
const outside = AsyncResource.bind(async (work: () => Promise<void>) => await work())

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2))
}
