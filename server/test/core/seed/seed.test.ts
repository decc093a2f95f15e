import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { openSqliteBulkLoad } from '../../../src/adapters/store/sqlite/bulk-load.ts'
import { openSqliteStore } from '../../../src/adapters/store/sqlite/sqlite-store.ts'
import { Searching } from '../../../src/boot/compose/searching.ts'
import { schema } from '../../../src/boot/schema.ts'
import { artifacts } from '../../../src/core/artifacts/tables.ts'
import { manifests } from '../../../src/core/catalog/tables.ts'
import { blobs } from '../../../src/core/content/tables.ts'
import type { Seeding } from '../../../src/core/seed/make-seeded.ts'
import { type SeedOptions, seed, seedNew } from '../../../src/core/seed/seed.ts'
import { seedableKinds } from '../../../src/core/seed/seeded-identity.ts'
import { pushedKinds } from '../../../src/core/seed/seeded-push.ts'
import { wholeSight } from '../../../src/domain/search.ts'
import type { EngineQuery } from '../../../src/ports/search/search.ts'
import type { Position, Store } from '../../../src/ports/store/store.ts'
import type { Log } from '../../../src/ports/store/table.ts'
import { temporaryFolder } from '../../adapters/store/sqlite/sqlite-harness.ts'
import { overStore } from '../../kit/over-store.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import { type TestCore, testCore } from '../kit.ts'

const untold = (): void => undefined

function seedingOf({ core, registry, immutableTags }: TestCore): Seeding {
  return { authoring: { core, immutable: immutableTags }, ...registry }
}

/** Every row of every table and every entry of every log, without revisions. */
async function everything(store: Store): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const all: Record<string, readonly unknown[]> = {}
  for (const table of schema.tables) {
    all[table.name] = (await allRows(store, table)).map(({ rev: _, ...row }) => row)
  }
  for (const log of schema.logs) all[log.name] = await allEntries(store, log)
  return all
}

/** Of an engine: all that it has. */
const wholeIndex: EngineQuery = {
  clauses: [],
  atLeast: 0,
  without: [],
  filter: { facets: [], ranges: [] },
  sight: wholeSight,
  names: [],
  sort: 'name',
  back: false,
  limit: 500,
  facets: [],
}

async function allEntries(store: Store, log: Log): Promise<readonly unknown[]> {
  const all: unknown[] = []
  for (let after: Position | undefined; ; ) {
    const { entries } = await store.tail(log, after, 1000)
    if (entries.length === 0) return all
    all.push(...entries.map(({ row }) => row))
    after = entries.at(-1)?.at
  }
}

const sorted = (rows: readonly unknown[] = []): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).sort()

/** Ids of audit entries are of the writer, and count what it tried again. */
const ofAnyone = (row: string): string => row.replace(/^\{"id":"[0-9a-f]{32}",/, '{')

const authoredKinds = seedableKinds.filter((kind) => !pushedKinds.has(kind))

test('rows that are made directly are those that the use cases make', async () => {
  const options: SeedOptions = { artifacts: 60, seed: 7, kinds: authoredKinds }
  await using slow = await testCore()
  const report = await seed(seedingOf(slow), slow.caller, options, untold)
  assert.ok(report.versions > 70 && report.versions < 200, `${report.versions} versions`)
  assert.deepEqual(Object.keys(report.kinds).sort(), authoredKinds.toSorted())

  await using folder = await temporaryFolder()
  await using load = await openSqliteBulkLoad({ folder: folder.path, now: () => slow.clock.now() }, schema)
  await using fast = await testCore({ store: load.store, clock: slow.clock })
  const directly = await seedNew(seedingOf(fast), load, fast.caller, { options, progress: untold })
  assert.deepEqual(directly, report)
  await load.finish()

  const store = await openSqliteStore({ folder: folder.path, now: () => slow.clock.now() }, schema)
  const [made, wanted] = [await everything(store), await everything(slow.store)]
  for (const name of Object.keys(wanted)) {
    // Made anew by every registry for itself.
    if (name === 'secrets' || name === 'marks') continue
    assert.deepEqual(sorted(made[name]).map(ofAnyone).sort(), sorted(wanted[name]).map(ofAnyone).sort(), name)
  }
  await checkInvariants({ store, blobs: slow.blobs })
  await store.close()
})

async function manifestsOf(options: SeedOptions): Promise<readonly string[]> {
  await using test = await testCore()
  await seed(seedingOf(test), test.caller, options, untold)
  const { rows } = await test.store.find(manifests, { index: 'key', limit: 1000 })
  const contents = await Promise.all(rows.map(({ digest }) => test.store.get(blobs, [digest])))
  return contents.map((row) => Buffer.from(row?.bytes ?? []).toString()).sort()
}

test('the same choice makes the same manifests, byte for byte; another seed makes others', async () => {
  const options = { artifacts: 40, seed: 3, kinds: [] }
  const once = await manifestsOf(options)
  assert.ok(once.length >= 40)
  assert.deepEqual(await manifestsOf(options), once)
  const others = await manifestsOf({ ...options, seed: 4 })
  assert.deepEqual(
    others.filter((manifest) => once.includes(manifest)),
    [],
  )
})

test('all kinds are made, found, and agree with each other; what is there already is passed over', async () => {
  await using test = await testCore()
  const options = { artifacts: 150, seed: 1, kinds: [] }
  const steps: number[] = []
  const report = await seed(seedingOf(test), test.caller, options, ({ done, of }) => {
    assert.equal(of, 150)
    steps.push(done)
  })
  assert.deepEqual(steps.at(-1), 150)
  assert.equal(report.artifacts, 150)
  assert.equal(report.present, 0)
  assert.deepEqual(Object.keys(report.kinds).sort(), seedableKinds.toSorted())
  await checkInvariants(test.core)
  const { artifacts: made } = test.registry
  const [count, found, topics] = await Promise.all([
    made.count({ kinds: ['skill'] }),
    made.find({ filter: {}, order: 'downloads', back: true, limit: 100 }),
    made.terms('topic', 1),
  ])
  assert.equal(count, report.kinds['skill'])
  assert.ok((topics[0]?.artifacts ?? 0) > 10)
  assert.ok(found.artifacts.some(({ statistics }) => statistics.downloads > 0))

  const before = await everything(test.store)
  const again = await seed(seedingOf(test), test.caller, options, untold)
  assert.deepEqual(again, { artifacts: 0, versions: 0, present: 150, kinds: {} })
  assert.deepEqual(await everything(test.store), before)
})

test('an index that follows meanwhile has the use of what is made', async () => {
  let follow = async (): Promise<unknown> => undefined
  await using test = await testCore({
    wrap: (store) =>
      overStore(store, {
        commit: async (...given) => {
          const outcome = await store.commit(...given)
          await follow()
          return outcome
        },
      }),
  })
  // What is made looks as if it had been used long ago.
  test.clock.jump(10 * 365 * 86_400_000)
  const engine = openMemorySearch()
  const parts = { main: { name: 'memory', engine }, timeout: 5_000, pause: 1_000, interval: 100 }
  const searching = new Searching(test.core, parts)
  await searching.catchUp()
  follow = async () => await searching.catchUp()
  await seed(seedingOf(test), test.caller, { artifacts: 40, seed: 2, kinds: [] }, untold)
  const rows = await allRows(test.store, artifacts)
  assert.ok(rows.some(({ downloads }) => downloads > 0))
  for (const sort of ['downloads', 'stars'] as const) {
    const { hits } = await engine.query({ ...wholeIndex, sort }, AbortSignal.timeout(5_000))
    assert.deepEqual(
      new Map(hits.map(({ id, value }) => [id, value])),
      new Map(rows.map((row) => [row.id, row[sort]])),
    )
  }
  await searching.close()
})

test('what cannot be made is refused before anything is', async () => {
  await using test = await testCore()
  const wrong: readonly [Partial<SeedOptions>, RegExp][] = [
    [{ artifacts: -1 }, /artifacts.*no whole number/],
    [{ artifacts: 1e9 }, /artifacts.*10000000/],
    [{ seed: 0.5 }, /seed.*no whole number/],
    [{ kinds: ['persona', 'plugin'] }, /kinds.*plugin is none of/],
  ]
  for (const [change, message] of wrong) {
    const options = { artifacts: 1, seed: 1, kinds: [], ...change }
    const refused = { code: 'parameter-invalid', message }
    await assert.rejects(seed(seedingOf(test), test.caller, options, untold), refused)
  }
  assert.deepEqual((await everything(test.store))['artifacts'], [])
})

test('it stops where it is no longer wanted', async () => {
  await using test = await testCore()
  const controller = new AbortController()
  const caller = { ...test.caller, signal: controller.signal }
  const work = seed(seedingOf(test), caller, { artifacts: 1000, seed: 1, kinds: [] }, ({ done }) => {
    if (done === 20) controller.abort(new Error('enough'))
  })
  await assert.rejects(work, { message: 'enough' })
  const made = (await everything(test.store))['artifacts']?.length ?? 0
  assert.ok(made >= 20 && made < 60, `${made} artifacts`)
})
