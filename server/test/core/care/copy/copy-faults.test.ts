import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flipByte } from '../../../../src/adapters/blobs/memory/memory-files.ts'
import { readCopyMark } from '../../../../src/core/care/copy/half-copied.ts'
import { blobs, files, holds } from '../../../../src/core/content/tables.ts'
import type { FileName } from '../../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../../src/ports/blobs/errors.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert } from '../../../../src/ports/store/change.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import { allRows, checkInvariants } from '../../invariants.ts'
import { testCore } from '../../kit.ts'
import { app, bytesOf, chunks, type Piece, Scenario } from '../../scenario.ts'
import {
  copiedState,
  copyTo,
  emptyPlace,
  filled,
  never,
  over,
  type Place,
  served,
  targetOf,
} from './copy-world.ts'

test('cut short after any of its batches, the next run ends with the same', async () => {
  const { s } = await filled()
  const wanted = await copiedState(s.test)
  const small = { rowsPerPage: 3, changesPerBatch: 4, filesPerGroup: 1 }
  let cuts = 0
  for (let at = 1; ; at++) {
    const place = await emptyPlace(s.test)
    let left = at
    const cut = targetOf({
      ...place,
      store: over(place.store, {
        commit: async (id, changes, survives) => {
          if (left-- <= 0) throw new StoreError('permanent', 'cut short')
          return await place.store.commit(id, changes, survives)
        },
      }),
    })
    const isCut = await copyTo(s.test, cut, { bounds: small }).then(
      () => false,
      (error: Error) => /cut short/.test(error.message),
    )
    if (!isCut) {
      assert.deepEqual(await copiedState(place), wanted)
      break
    }
    cuts++
    await assert.rejects(served(place, s), /has not ended/)
    const report = await copyTo(s.test, targetOf(place), { bounds: small })
    assert.equal(report.whole, true)
    assert.deepEqual(await copiedState(place), wanted, `cut after ${at} batches`)
    await checkInvariants((await served(place, s)).test.core)
  }
  assert.ok(cuts > 20, `it was cut ${cuts} times`)
})

test('a target that holds something else is refused, and stays as it was', async () => {
  const { s } = await filled()
  const to = (place: Place) => copyTo(s.test, targetOf(place))
  const other = await filled()
  const state = await copiedState(other.s.test)
  await assert.rejects(
    to({ ...other.s.test, disk: { ...(await emptyPlace(s.test)).disk } }),
    /holds a registry already/,
  )
  assert.deepEqual(await copiedState(other.s.test), state)

  const content = await emptyPlace(s.test)
  await content.blobs.append(content.blobs.name(), 0, chunks(Buffer.from('of somebody')), never)
  await assert.rejects(to(content), /there is content in it already/)
  assert.equal(await readCopyMark(content.store), undefined)

  const begun = await emptyPlace(s.test)
  await assert.rejects(
    copyTo(s.test, targetOf(begun), { signal: AbortSignal.abort(new Error('enough')) }),
    /enough/,
  )
  const half = await emptyPlace(s.test)
  const cut = over(half.blobs, { seal: () => Promise.reject(new BlobsError('transient', 'cut short')) })
  await assert.rejects(copyTo(s.test, targetOf({ ...half, blobs: cut })), /cut short/)
  const stranger = new Scenario(await testCore({ seed: 7 }))
  await assert.rejects(copyTo(stranger.test, targetOf(half)), /a copy of another registry into it was begun/)
  assert.equal((await to(half)).whole, true)
  await assert.rejects(to(half), /holds a registry already/, 'one that has ended is a registry')
})

test('entries of a log that are not the source’s cannot be taken back, and are told', async () => {
  const { s } = await filled()
  const half = await emptyPlace(s.test)
  const cut = over(half.blobs, { seal: () => Promise.reject(new BlobsError('transient', 'cut short')) })
  await assert.rejects(copyTo(s.test, targetOf({ ...half, blobs: cut })), /cut short/)
  const [, log] = targetOf(half).schema.logs
  assert.ok(log !== undefined)
  const { entries } = await s.test.store.tail(log, undefined, 1)
  const row = { ...entries[0]?.row, by: 'user:mallory' }
  const id = newBatchId(s.test.clock.now(), (length) => Buffer.alloc(length, 7))
  assert.deepEqual(await half.store.commit(id, [{ do: 'append', log, row }]), { ok: true })
  await assert.rejects(
    copyTo(s.test, targetOf(half)),
    /its log events has entries that the source does not have/,
  )
})

test('content that is damaged at the source is told and not given out, and the copy is good for all else', async () => {
  const { s, layers } = await filled()
  const [, large, larger] = layers as [Piece, Piece, Piece]
  const row = await s.test.store.get(blobs, [large.digest])
  await s.test.blobs.remove(row?.file as FileName)
  const place = await emptyPlace(s.test)
  const report = await copyTo(s.test, targetOf(place))
  assert.equal(report.whole, true)
  assert.equal(report.sound, false)
  assert.deepEqual(report.damaged, [{ digest: large.digest, what: 'its file is gone' }])
  assert.deepEqual(report.content, { files: 1, bytes: 200_000 })
  const again = await served(place, s)
  await assert.rejects((async () => again.registry.blobs.open(again.caller, app, large.digest))(), {
    code: 'content-damaged',
  })
  await using sound = await again.registry.blobs.open(again.caller, app, larger.digest)
  assert.ok((await bytesOf(sound)).equals(larger.bytes))
  await again.push(large)
  await using mended = await again.registry.blobs.open(again.caller, app, large.digest)
  assert.ok((await bytesOf(mended)).equals(large.bytes), 'a push mends it')
})

test('bytes that change at the target after they were written are found, and written once more', async () => {
  const { s, layers } = await filled()
  const place = await emptyPlace(s.test)
  const cut = over(place.store, {
    commit: async (id, changes, survives) => {
      // The last batch alone removes the mark: all content is there by then.
      if (changes.some((each) => each.do === 'remove' && each.table.name === 'secrets')) {
        throw new StoreError('permanent', 'cut short')
      }
      return await place.store.commit(id, changes, survives)
    },
  })
  await assert.rejects(copyTo(s.test, targetOf({ ...place, store: cut })), /cut short/)
  const large = layers[1] as Piece
  const file = (await place.store.get(blobs, [large.digest]))?.file as FileName
  assert.ok(flipByte(place.disk, file, 5))
  const report = await copyTo(s.test, targetOf(place))
  assert.equal(report.whole, true)
  assert.equal(report.copied.files, 1)
  assert.notEqual((await place.store.get(blobs, [large.digest]))?.file, file)
  assert.equal((await place.store.get(files, [file]))?.state, 'trash')
  assert.deepEqual(await copiedState(place), await copiedState(s.test))
})

test('of two copies into a target that processes share, the second waits for a sign of life, and refuses', async () => {
  const { s } = await filled()
  const place = await emptyPlace(s.test)
  const shared = over(place.store, { can: { ...place.store.can, shared: true } })
  const reached = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const slow = over(place.blobs, {
    seal: async (...given) => {
      reached.resolve()
      await go.promise
      return await place.blobs.seal(...given)
    },
  })
  const first = copyTo(s.test, targetOf({ store: shared, blobs: slow }))
  await reached.promise
  const second = assert.rejects(
    copyTo(s.test, targetOf({ store: shared, blobs: place.blobs })),
    /another copy is at work/,
  )
  for (let passed = 0; passed < 20_000; passed += 500) await s.test.clock.advance(500)
  await second
  go.resolve()
  assert.equal((await first).whole, true)
  assert.deepEqual(await allRows(place.store, holds), [])

  const left = await emptyPlace(s.test)
  const id = newBatchId(s.test.clock.now(), (length) => Buffer.alloc(length, 9))
  const killed = { id: 'copy', until: s.test.clock.now(), by: 'one that was killed' }
  const cut = over(left.blobs, { seal: () => Promise.reject(new BlobsError('transient', 'cut short')) })
  await assert.rejects(copyTo(s.test, targetOf({ ...left, blobs: cut })), /cut short/)
  assert.deepEqual(await left.store.commit(id, [insert(holds, killed)]), { ok: true })
  const sharedLeft = over(left.store, { can: { ...left.store.can, shared: true } })
  const third = copyTo(s.test, targetOf({ ...left, store: sharedLeft }))
  for (let passed = 0; passed < 16_000; passed += 500) await s.test.clock.advance(500)
  assert.equal((await third).whole, true, 'one that gives no sign for so long is dead')
})
