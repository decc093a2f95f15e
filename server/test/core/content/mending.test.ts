import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newMemoryFiles } from '../../../src/adapters/blobs/memory/memory-files.ts'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { scrub } from '../../../src/core/care/scrub.ts'
import { markDamaged } from '../../../src/core/content/blob-rows.ts'
import { blobs } from '../../../src/core/content/tables.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { patch } from '../../../src/ports/store/change.ts'
import type { Change, Store } from '../../../src/ports/store/store.ts'
import { overStore } from '../../kit/over-store.ts'
import { checkInvariants } from '../invariants.ts'
import { type TestCore, testCore } from '../kit.ts'
import { app, other, type Piece, promised, refused, Scenario } from '../scenario.ts'

const never = new AbortController().signal

async function commit(core: TestCore, ...changes: Change[]): Promise<void> {
  const id = newBatchId(core.clock.now(), (length) => core.core.random.bytes(length))
  assert.deepEqual(await core.store.commit(id, changes), { ok: true })
}

async function bytesIn(s: Scenario, { digest }: Piece): Promise<Buffer> {
  await using opened = await s.registry.blobs.open(s.caller, app, digest)
  const parts: Uint8Array[] = []
  for await (const part of opened.bytes) parts.push(Uint8Array.from(part))
  return Buffer.concat(parts)
}

for (const [repository, what] of [
  [app, 'holds it already'],
  [other, 'holds it from now on'],
] as const) {
  test(`damage that is found while a good copy is pushed is mended by it, where the repository ${what}`, async () => {
    let between: (() => Promise<unknown>) | undefined
    const core = await testCore({
      wrap: (store) =>
        overStore(store, {
          commit: async (id, changes) => {
            const publishes = changes.some(
              (each) => each.do === 'insert' && each.row['action'] === 'blob.push',
            )
            const work = publishes ? between : undefined
            if (publishes) between = undefined
            await work?.()
            return await store.commit(id, changes)
          },
        }),
    })
    const s = new Scenario(core)
    const large = s.piece('large', 200_000)
    await s.push(large)
    const row = await core.store.get(blobs, [large.digest])
    assert.ok(row)
    between = () => markDamaged(core.core, row)
    await s.push(large, repository)
    assert.equal(between, undefined)
    const now = await core.store.get(blobs, [large.digest])
    assert.deepEqual([now?.damagedAt, now?.file === row.file], [0, false])
    assert.deepEqual(await bytesIn(s, large), Buffer.from(large.bytes))
    await checkInvariants(core.core)
  })
}

test('the scrub leaves alone what a push has mended since it read the row', async () => {
  const core = await testCore()
  const s = new Scenario(core)
  const small = s.piece('small', 100)
  await s.push(small)
  await commit(core, patch(blobs, [small.digest], { set: { bytes: Buffer.alloc(100, 'x'), damagedAt: 5 } }))
  let mended = false
  const store: Store = overStore(core.store, {
    find: async (table, query) => {
      const page = await core.store.find(table, query)
      if (table.name === 'blobs' && !mended) {
        mended = true
        await s.push(small)
      }
      return page
    },
  })
  const report = await scrub({ ...core.core, store }, { readContent: true }, () => {}, never)
  assert.deepEqual([report.findings, report.sound], [[], true])
  assert.equal((await core.store.get(blobs, [small.digest]))?.damagedAt, 0)
  assert.deepEqual(await bytesIn(s, small), Buffer.from(small.bytes))
})

test('a manifest that was found damaged is not there for who asks whether to push it, though it was just pulled', async () => {
  const core = await testCore()
  const s = new Scenario(core)
  const config = s.piece('config')
  await s.push(config)
  const image = s.image('image', config, [])
  await s.put(image, 'v1')
  await s.registry.manifests.get(app, 'v1' as Tag)
  await commit(core, patch(blobs, [image.digest], { set: { bytes: Buffer.alloc(image.bytes.length, 'x') } }))
  await scrub(core.core, { readContent: true }, () => {}, never)
  for (const reference of ['v1' as Tag, image.digest]) {
    await refused(
      promised(() => s.registry.manifests.stat(s.caller, app, reference)),
      'manifest-unknown',
    )
  }
  await s.put(image, 'v1')
  assert.equal((await s.registry.manifests.stat(s.caller, app, 'v1' as Tag)).digest, image.digest)
})

test('to finish an upload without bytes for content that is damaged does not pass for a push of it', async () => {
  const core = await testCore()
  const s = new Scenario(core)
  const large = s.piece('large', 200_000)
  await s.push(large)
  const row = await core.store.get(blobs, [large.digest])
  assert.ok(row && (await markDamaged(core.core, row)))
  const { id } = await s.registry.uploads.begin(s.caller, app)
  const empty = { bytes: (async function* () {})(), length: 0 }
  await refused(s.registry.uploads.finish(s.caller, app, id, large.digest, empty), 'digest-mismatch')
})

test('a copy that leaves the trash while it is read is none, and the scrub goes on', async () => {
  const stored = newMemoryFiles()
  const engine = openMemoryBlobs({ files: stored })
  let opened = 0
  const core = await testCore({
    blobs: new Proxy(engine, {
      get: (_, name) => {
        if (name !== 'open') {
          const value = Reflect.get(engine, name) as unknown
          return typeof value === 'function' ? value.bind(engine) : value
        }
        return async (...given: Parameters<typeof engine.open>) => {
          // The second time that the copy is read, to be copied, it has gone.
          if (given[0] === second && ++opened === 2) return undefined
          return await engine.open(...given)
        }
      },
    }),
  })
  const s = new Scenario(core)
  const large = s.piece('large', 200_000)
  await s.push(large)
  const first = (await core.store.get(blobs, [large.digest]))?.file
  await s.push(large)
  const second = [...stored.byName.keys()].find((file) => file !== first)
  assert.ok(first && second)
  stored.byName.delete(first as typeof second)
  const report = await scrub(core.core, { readContent: true }, () => {}, never)
  assert.deepEqual(report.found, { missing: 1 })
  assert.deepEqual(
    report.findings.map(({ remedy }) => remedy),
    ['quarantined'],
  )
  assert.equal(opened, 2)
})
