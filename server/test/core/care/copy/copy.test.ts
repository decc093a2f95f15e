import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { artifacts, type CollectionRow, collections } from '../../../../src/core/artifacts/tables.ts'
import { defaultCopyBounds } from '../../../../src/core/care/copy/copy-bounds.ts'
import { readCopyMark } from '../../../../src/core/care/copy/half-copied.ts'
import { registryId } from '../../../../src/core/care/registry-id.ts'
import { blobs as blobsTable, holds, uploads } from '../../../../src/core/content/tables.ts'
import { indexEra } from '../../../../src/core/search/index-era.ts'
import type { FileName } from '../../../../src/ports/blobs/blobs.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert, remove } from '../../../../src/ports/store/change.ts'
import type { Change } from '../../../../src/ports/store/store.ts'
import { allRows, checkInvariants } from '../../invariants.ts'
import { app, bytesOf, type Piece, tag } from '../../scenario.ts'
import {
  afterPasses,
  copiedState,
  copyTo,
  emptyPlace,
  fileStates,
  filled,
  over,
  served,
  targetOf,
} from './copy-world.ts'

test('a copy counts changes of artifacts on, and its log is another one to indexes, whose documents may be later', async () => {
  const { s } = await filled()
  const place = await emptyPlace(s.test)
  const [era, rows] = [await indexEra(s.test.core), await allRows(s.test.store, artifacts)]
  assert.equal(await indexEra(s.test.core), era)
  assert.ok(rows.some(({ changes }) => changes > 1))
  await copyTo(s.test, targetOf(place))
  const copied = await allRows(place.store, artifacts)
  const counted = (given: typeof rows): unknown => given.map(({ id, changes }) => [id, changes])
  assert.deepEqual(counted(copied), counted(rows))
  const again = await served(place, s)
  assert.notEqual(await indexEra(again.test.core), era)
})

test('a copy has every row, entry and byte of its source, and none of what is of the moment', async () => {
  const { s, layers, images } = await filled()
  const place = await emptyPlace(s.test)
  const [lines, before] = [await s.lines(), await copiedState(s.test)]
  const report = await copyTo(s.test, targetOf(place))
  assert.deepEqual(await s.lines(), lines, 'the source is as it was')
  assert.deepEqual(await allRows(s.test.store, holds), [], 'and holds nothing any more')
  assert.deepEqual(await copiedState(place), before)
  assert.deepEqual(await allRows(place.store, uploads), [])
  assert.deepEqual(await fileStates(place), ['blob', 'blob'])
  assert.equal(await readCopyMark(place.store), undefined)
  const { parts, ...told } = report
  assert.deepEqual(told, {
    registry: await registryId(s.test.core),
    asOf: s.test.clock.now(),
    whole: true,
    open: false,
    passes: 2,
    changed: 0,
    content: { files: 2, bytes: 300_000 },
    copied: { ...told.copied, removedRows: 0, files: 2, bytes: 300_000 },
    damagedFiles: 0,
    damaged: [],
    sound: true,
  })
  const counts = Object.fromEntries(parts.map(({ name, count }) => [name, count]))
  assert.deepEqual([counts['tags'], counts['manifests'], counts['blobs']], [2, 2, 6])
  assert.ok(parts.every(({ name, digest }) => name === 'pulls' || digest?.startsWith('sha256:')))

  const again = await served(place, s)
  await checkInvariants(again.test.core)
  for (const { digest, bytes } of layers) {
    await using content = await again.registry.blobs.open(again.caller, app, digest)
    assert.ok((await bytesOf(content)).equals(bytes))
  }
  for (const { digest, bytes } of images) {
    assert.deepEqual(Buffer.from((await again.registry.manifests.get(app, digest)).bytes), bytes)
  }
  await again.push(again.piece('later', 70_000))
  await checkInvariants(again.test.core)

  const back = await emptyPlace(s.test)
  const state = await copiedState(again.test)
  const returned = await copyTo(again.test, targetOf(back))
  assert.deepEqual(await copiedState(back), state, 'and back again')
  assert.equal(returned.registry, report.registry, 'it is the same registry')
})

test('what goes, changes and comes while it is copied goes, changes and comes in the copy', async () => {
  const { s, images } = await filled()
  const place = await emptyPlace(s.test)
  let passes = 0
  // Before each of the first passes: a deletion, a moved tag, a new name for what another one had.
  const steps = [
    () => s.registry.manifests.delete(s.caller, app, tag('v1'), {}),
    () => s.put(images[0] as Piece, 'v2'),
    async () => {
      await s.registry.manifests.delete(s.caller, app, (images[1] as Piece).digest, {})
      await s.push(s.piece('new', 90_000))
    },
  ]
  const meddling = afterPasses(place, () => steps[passes++]?.())
  const report = await copyTo(s.test, meddling)
  assert.equal(report.whole, true)
  assert.equal(report.passes, 5, 'one for each change, and one that found nothing')
  assert.deepEqual(await copiedState(place), await copiedState(s.test))
  await checkInvariants((await served(place, s)).test.core)
})

test('a source that never rests ends it with what to do, and the next run takes only what changed since', async () => {
  const { s } = await filled()
  const place = await emptyPlace(s.test)
  let pushes = 0
  const busy = afterPasses(place, () => s.push(s.piece(`push ${pushes++}`, 10)))
  const first = await copyTo(s.test, busy)
  assert.equal(first.whole, false)
  assert.equal(first.passes, defaultCopyBounds.passes)
  assert.ok(first.changed > 0)
  await assert.rejects(served(place, s), /target of a copy .* has not ended, which has all from before 20/)
  const second = await copyTo(s.test, targetOf(place))
  assert.equal(second.whole, true)
  assert.equal(second.copied.files, 0)
  assert.ok(second.copied.rows < first.copied.rows, 'far fewer rows')
  assert.deepEqual(await copiedState(place), await copiedState(s.test))
})

test('what is kept open takes another pass, which copies and reads what is new alone, and closes it', async () => {
  const { s, images } = await filled()
  const place = await emptyPlace(s.test)
  const first = await copyTo(s.test, targetOf(place), { keepOpen: true })
  assert.deepEqual([first.open, first.whole, first.changed], [true, false, 0])
  assert.deepEqual(first.content, { files: 2, bytes: 300_000 })
  await assert.rejects(served(place, s), /has not ended.*without --keep-open/)
  await s.test.clock.advance(60_000)
  await s.push(s.piece('new', 90_000))
  await s.put(images[0] as Piece, 'v2')
  await s.registry.manifests.delete(s.caller, app, tag('v1'), {})
  const opened: string[] = []
  const blobs = over(place.blobs, {
    open: (file, ...more) => {
      opened.push(file)
      return place.blobs.open(file, ...more)
    },
  })
  const last = await copyTo(s.test, targetOf({ ...place, blobs }))
  assert.deepEqual([last.open, last.whole], [false, true])
  assert.deepEqual([last.copied.files, last.copied.bytes], [1, 90_000])
  assert.ok(last.copied.rows < first.copied.rows, 'far fewer rows')
  assert.deepEqual(last.content, { files: 3, bytes: 390_000 })
  assert.deepEqual(opened, [], 'what was verified before is not read again')
  assert.deepEqual(await copiedState(place), await copiedState(s.test))
  await checkInvariants((await served(place, s)).test.core)
  await assert.rejects(
    copyTo(s.test, targetOf(place)),
    /holds a registry already: a copy of this one that has ended/,
  )
})

test('a target that is kept open is read again where the clock cannot tell what was read before', async () => {
  const { s } = await filled()
  const place = await emptyPlace(s.test)
  await copyTo(s.test, targetOf(place), { keepOpen: true })
  const row = (await allRows(place.store, blobsTable)).find(({ file }) => file !== '')
  assert.ok(row !== undefined && place.disk.byName.delete(row.file as FileName))
  const last = await copyTo(s.test, targetOf(place))
  assert.deepEqual([last.whole, last.copied.files], [true, 1])
  assert.deepEqual(await copiedState(place), await copiedState(s.test))
})

test('a source that never rests leaves a target open all the same, with all its bytes held against their digests', async () => {
  const { s } = await filled()
  const place = await emptyPlace(s.test)
  let pushes = 0
  const busy = afterPasses(place, () => s.push(s.piece(`push ${pushes++}`, 10)))
  const first = await copyTo(s.test, busy, { keepOpen: true })
  assert.deepEqual([first.open, first.whole], [true, false])
  assert.ok(first.changed > 0)
  assert.deepEqual(first.content, { files: 2, bytes: 300_000 })
})

test('a copy of one moment ends, whatever comes meanwhile, and has that moment', async () => {
  const { s } = await filled()
  const place = await emptyPlace(s.test)
  let before: object | undefined
  const { store } = s.test.core
  const core = {
    ...s.test.core,
    store: over(store, {
      snapshot: async () => {
        before = await copiedState(s.test)
        const taken = await store.snapshot?.()
        assert.ok(taken !== undefined)
        return taken
      },
    }),
  }
  let pushes = 0
  const busy = afterPasses(place, () => s.push(s.piece(`push ${pushes++}`, 100_000 + pushes)))
  const report = await copyTo({ ...s.test, core } as typeof s.test, busy, { moment: true })
  assert.equal(report.whole, true)
  assert.ok(pushes >= 2)
  assert.deepEqual(await copiedState(place), before)
  assert.ok(!isDeepStrictEqual(before, await copiedState(s.test)), 'the source went on')
  await checkInvariants((await served(place, s)).test.core)
})

test('numbers of uses that change are copied, and keep no copy from ending', async () => {
  const { s, images } = await filled()
  const place = await emptyPlace(s.test)
  let passes = 0
  const target = afterPasses(place, async () => {
    if (passes++ > 9) return
    await s.registry.manifests.get(app, (images[0] as Piece).digest, true)
    await s.test.pulls.flush()
  })
  const report = await copyTo(s.test, target)
  assert.deepEqual([report.whole, report.passes, report.changed], [true, 2, 0])
})

test('a name that goes from one row to another goes with it', async () => {
  const { s } = await filled()
  const { store, clock } = s.test
  let ids = 0
  const commit = async (...changes: Change[]): Promise<void> => {
    const id = newBatchId(clock.now(), (length) => Buffer.alloc(length, ++ids))
    assert.deepEqual(await store.commit(id, changes), { ok: true })
  }
  const row = (id: string, slug: string): CollectionRow => ({
    id,
    owner: 'ada',
    slug,
    name: slug,
    description: '',
    visibility: 'public',
    artifacts: '[]',
    createdAt: 1,
    updatedAt: 1,
  })
  await commit(...['b', 'c', 'd'].map((id) => insert(collections, row(id, `of ${id}`))))
  const place = await emptyPlace(s.test)
  let passes = 0
  const target = afterPasses(place, async () => {
    if (passes++ > 0) return
    await commit(...['b', 'c', 'd'].map((id) => remove(collections, [id])))
    await commit(
      insert(collections, row('a', 'of b')),
      insert(collections, row('c', 'of d')),
      insert(collections, row('d', 'of c')),
    )
  })
  const report = await copyTo(s.test, target)
  assert.equal(report.whole, true)
  assert.deepEqual(
    (await allRows(place.store, collections)).map(({ id, slug }) => [id, slug]),
    [
      ['a', 'of b'],
      ['c', 'of d'],
      ['d', 'of c'],
    ],
  )
})
