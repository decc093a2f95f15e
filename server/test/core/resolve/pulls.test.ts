import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pulls } from '../../../src/core/catalog/tables.ts'
import { repositories } from '../../../src/core/content/tables.ts'
import { Pulls } from '../../../src/core/resolve/pulls.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { overStore } from '../../kit/over-store.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import { type TestCoreOptions, testCore } from '../kit.ts'
import { app, type Piece, type Scenario, scenario, tag } from '../scenario.ts'

const flushed = 5000

async function withImages(count: number, options: TestCoreOptions = {}): Promise<[Scenario, Piece[]]> {
  const s = await scenario(options)
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  const images = Array.from({ length: count }, (_, n) =>
    s.image(`image${n}`, config, [], { annotations: { n: String(n) } }),
  )
  for (const [n, image] of images.entries()) await s.put(image, `v${n}`)
  return [s, images]
}

const pull = async (s: Scenario, reference: string): Promise<void> => {
  await s.registry.manifests.get(app, reference as Tag, true)
}

test('pulls are counted by what was pulled, whatever it was called, and written a little later', async () => {
  const [s, [image]] = await withImages(1)
  assert.ok(image)
  await s.put(image, 'latest')
  await s.changes(async () => {
    for (const reference of ['v0', 'v0', 'latest', image.digest]) await pull(s, reference)
    await s.registry.manifests.getAt(app, tag('v0'), s.test.clock.now(), true)
    await s.test.clock.advance(flushed - 1)
  })
  await s.changes(() => s.test.clock.advance(1), `+ pulls acme/app image0 5, last +${flushed}`)
  await s.changes(
    async () => {
      await pull(s, 'latest')
      await s.test.clock.advance(2 * flushed)
    },
    `- pulls acme/app image0 5, last +${flushed}`,
    `+ pulls acme/app image0 6, last +${2 * flushed}`,
  )
})

test('what is only looked at is no pull, and while nobody pulls there is no timer', async () => {
  const [s] = await withImages(1)
  await s.registry.manifests.get(app, tag('v0'))
  await s.registry.manifests.getAt(app, tag('v0'), s.test.clock.now())
  await s.registry.manifests.stat(s.caller, app, tag('v0'))
  await s.registry.repositories.overview(app, 10)
  await assert.rejects(async () => await pull(s, 'missing'))
  assert.equal(s.test.clock.sleeping, 0)
  await s.changes(() => s.test.pulls.close())
})

test('what was counted is written when the process ends', async () => {
  const [s] = await withImages(2)
  await pull(s, 'v0')
  await pull(s, 'v1')
  await s.changes(
    () => s.test.pulls.close(),
    '+ pulls acme/app image0 1, last +0',
    '+ pulls acme/app image1 1, last +0',
  )
})

test('a manifest that was deleted meanwhile gets no row, and one that goes takes its row along', async () => {
  const [s, [first, second]] = await withImages(2)
  assert.ok(first && second)
  await pull(s, 'v0')
  await pull(s, 'v1')
  await s.delete(first.digest)
  await s.changes(() => s.test.pulls.flush(), '+ pulls acme/app image1 1, last +0')
  const effect = await s.effect(() => s.delete(second.digest))
  assert.ok(effect.includes('- pulls acme/app image1 1, last +0'))
  assert.deepEqual(await allRows(s.test.store, pulls), [])
})

test('a first pull that is written while its manifest is deleted leaves nothing behind, whichever is first', async () => {
  for (const seed of Array.from({ length: 40 }, (_, n) => n)) {
    const [s, [image]] = await withImages(1, { seed })
    assert.ok(image)
    await pull(s, 'v0')
    const turns = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) await Promise.resolve()
    }
    await Promise.all([
      turns(seed % 8).then(() => s.delete(image.digest)),
      turns(Math.floor(seed / 8)).then(() => s.test.pulls.flush()),
    ])
    await checkInvariants(s.test.core)
    assert.deepEqual(await allRows(s.test.store, pulls), [])
  }
})

test('threads that count for themselves add up, and the last pull never goes back', async () => {
  const [s, [image]] = await withImages(1)
  assert.ok(image)
  const [home] = await allRows(s.test.store, repositories)
  assert.ok(home)
  const threads = [0, 1, 2].map(() => new Pulls(s.test.core))
  for (const [n, thread] of threads.entries()) {
    for (let pulled = 0; pulled <= n; pulled++) thread.count({ repository: home.id, digest: image.digest })
  }
  await Promise.all(threads.map((thread) => thread.close()))
  s.test.clock.step(-1000)
  await pull(s, 'v0')
  await s.test.pulls.close()
  assert.ok((await s.lines()).includes('pulls acme/app image0 7, last +0'))
})

test('more manifests than may be held are written early; a batch has its bound', async () => {
  const [s] = await withImages(12, { limits: { pullsHeld: 5 } })
  for (let n = 0; n < 12; n++) await pull(s, `v${n}`)
  await s.test.pulls.close()
  const rows = await allRows(s.test.store, pulls)
  assert.deepEqual(
    rows.map((row) => row.pulls),
    Array(12).fill(1),
  )
  assert.deepEqual(s.test.telemetry.lines, [])
})

test('more than a thousand at once go in batches of five hundred', async () => {
  let largest = 0
  const [s] = await withImages(1100, {
    wrap: (store) =>
      overStore(store, {
        commit: (id, changes) => {
          largest = Math.max(largest, changes.length)
          return store.commit(id, changes)
        },
      }),
  })
  for (let n = 0; n < 1100; n++) await pull(s, `v${n}`)
  await s.test.pulls.close()
  assert.equal((await allRows(s.test.store, pulls)).length, 1100)
  assert.equal(largest, 1000)
})

test('what could not be written is tried again, and nothing of it is lost', async () => {
  let broken = false
  const [s] = await withImages(2, {
    wrap: (store) =>
      overStore(store, {
        getMany: (table, keys) =>
          broken ? Promise.reject(new Error('the disk is away')) : store.getMany(table, keys),
      }),
  })
  await pull(s, 'v0')
  await pull(s, 'v1')
  broken = true
  await s.test.clock.advance(flushed)
  assert.deepEqual(await allRows(s.test.store, pulls), [])
  broken = false
  await pull(s, 'v0')
  await s.test.clock.advance(flushed)
  assert.deepEqual((await s.lines()).filter((line) => line.startsWith('pulls')).sort(), [
    `pulls acme/app image0 2, last +${2 * flushed}`,
    `pulls acme/app image1 1, last +${2 * flushed}`,
  ])
})

test('while the store is away, memory has its bound, and what is lost is told', async () => {
  await using core = await testCore({ limits: { pullsHeld: 3 } })
  const failing = new Pulls({ ...core.core, ledger: { keep: async () => assert.fail('no store') } as never })
  for (let n = 0; n < 10; n++) failing.count({ repository: 'r', digest: `sha256:${n}` as never })
  await failing.close()
  const told = core.telemetry.lines.map(({ message, fields }) => [
    message,
    fields['count'] ?? fields['manifests'],
  ])
  assert.deepEqual(told, [
    // Three are being written while three more wait: four find no room, and then the first three again.
    ['pulls could not be written; they are tried again', 3],
    ['pulls were not counted: there is no room for more until the last ones are written', 7],
    ['pulls could not be written; they are tried again', 3],
    ['pulls were counted and could not be written', 3],
  ])
})
