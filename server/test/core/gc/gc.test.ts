import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect } from '../../../src/core/gc/collect.ts'
import { emptyTrash } from '../../../src/core/gc/empty-trash.ts'
import { expireUploads } from '../../../src/core/gc/expire-uploads.ts'
import { sweep } from '../../../src/core/gc/sweep.ts'
import { defaultLimits } from '../../../src/core/ledger/limits.ts'
import { checkInvariants } from '../invariants.ts'
import { app, chunks, other, type Scenario, scenario } from '../scenario.ts'

const { graceTime, trashDelay, uploadLifetime } = defaultLimits
const never = new AbortController().signal
const core = (s: Scenario) => s.test.core

test('what nothing has named for more than the grace time is collected, to the millisecond', async () => {
  const s = await scenario()
  const [small, large] = [s.piece('small'), s.piece('large', 100_000)]
  await s.push(small)
  await s.test.clock.advance(1)
  await s.push(large)
  await s.test.clock.advance(graceTime - 1)
  await s.changes(async () => assert.deepEqual(await collect(core(s), never), { holdings: 0, blobs: 0 }))
  await s.test.clock.advance(1)
  await s.changes(
    async () => assert.equal((await collect(core(s), never)).holdings, 1),
    '- holding acme/app small, refs 0',
    '- blob small in its row, refs 1',
  )
  await s.test.clock.advance(1)
  await s.changes(
    async () => assert.equal((await collect(core(s), never)).holdings, 1),
    '- holding acme/app large, refs 0 idle +1',
    '- blob large in file-1, refs 1',
    '- file file-1 blob',
    `+ file file-1 trash until +${graceTime + 2 + trashDelay}`,
  )
})

test('what a manifest names is never collected; what it named gets the whole grace time again', async () => {
  const s = await scenario()
  const [config, a] = [s.known('{}', Buffer.from('{}')), s.piece('a')]
  await s.push(config)
  await s.push(a)
  const image = s.image('image', config, [a])
  await s.put(image)
  await s.test.clock.advance(100 * graceTime)
  await s.changes(() => collect(core(s), never))
  await s.delete(image.digest)
  await s.test.clock.advance(graceTime)
  await s.changes(() => collect(core(s), never))
  await s.test.clock.advance(1)
  assert.equal((await s.effect(() => collect(core(s), never))).length, 4)
})

test('a blob goes from each repository by itself, and its bytes with the last', async () => {
  const s = await scenario()
  const large = s.piece('large', 100_000)
  await s.push(large)
  await s.test.clock.advance(10)
  await s.registry.uploads.mount(s.caller, other, large.digest, app)
  await s.test.clock.advance(graceTime - 9)
  await s.changes(
    () => collect(core(s), never),
    '- holding acme/app large, refs 0',
    '- blob large in file-1, refs 2',
    '+ blob large in file-1, refs 1',
  )
  await s.test.clock.advance(10)
  const effect = await s.effect(() => collect(core(s), never))
  assert.ok(effect.includes('- blob large in file-1, refs 1'))
})

test('more than a page is collected at once, and an abort ends it between two', async () => {
  const s = await scenario({ limits: { pageSize: 7 } })
  for (let n = 0; n < 30; n++) await s.push(s.piece(`p${n}`))
  await s.test.clock.advance(graceTime + 1)
  assert.deepEqual(await collect(core(s), AbortSignal.abort()), { holdings: 0, blobs: 0 })
  assert.equal((await collect(core(s), never)).holdings, 30)
  assert.deepEqual(await s.lines().then((lines) => lines.filter((line) => line.startsWith('blob'))), [])
  await checkInvariants(core(s))
})

test('the trash is emptied when its time has come, and not before', async () => {
  const s = await scenario()
  const large = s.piece('large', 100_000)
  await s.push(large)
  await s.registry.blobs.delete(s.caller, app, large.digest)
  await s.test.clock.advance(trashDelay - 1)
  await s.changes(async () => assert.equal(await emptyTrash(core(s), never), 0))
  await s.test.clock.advance(1)
  await s.changes(
    async () => assert.equal(await emptyTrash(core(s), never), 1),
    `- file file-1 trash until +${trashDelay}`,
    '- stored file-1 100000',
  )
})

test('more than a page of trash is emptied at once', async () => {
  const s = await scenario({ limits: { pageSize: 5, inlineBytes: 10 } })
  for (let n = 0; n < 23; n++) {
    const piece = s.piece(`p${n}`, 100)
    await s.push(piece)
    await s.registry.blobs.delete(s.caller, app, piece.digest)
  }
  await s.test.clock.advance(trashDelay)
  assert.equal(await emptyTrash(core(s), AbortSignal.abort()), 0)
  assert.equal(await emptyTrash(core(s), never), 23)
  await checkInvariants(core(s))
  assert.ok((await s.lines()).every((line) => !line.startsWith('file') && !line.startsWith('stored')))
})

test('a reader that has begun reads on while its blob is deleted and its file is emptied', async () => {
  const s = await scenario()
  const large = s.piece('large', 100_000)
  await s.push(large)
  await using content = await s.registry.blobs.open(s.caller, app, large.digest)
  const reading = content.bytes[Symbol.asyncIterator]()
  const first = await reading.next()
  await s.registry.blobs.delete(s.caller, app, large.digest)
  await s.test.clock.advance(trashDelay)
  await emptyTrash(core(s), never)
  let length = first.done ? 0 : first.value.length
  for (let next = await reading.next(); !next.done; next = await reading.next()) length += next.value.length
  assert.equal(length, 100_000)
})

test('an upload without new bytes ends after its time; its file goes to the trash', async () => {
  const s = await scenario()
  const { id } = await s.registry.uploads.begin(s.caller, app)
  await s.changes(
    () => s.registry.uploads.append(s.caller, app, id, { bytes: chunks(Buffer.alloc(100_000)) }),
    '+ file file-1 upload',
    `+ upload file-1 until +${uploadLifetime}`,
    '+ stored file-1 100000',
  )
  const small = await s.registry.uploads.begin(s.caller, app)
  await s.registry.uploads.append(s.caller, app, small.id, { bytes: chunks(Buffer.alloc(10)) })
  await s.test.clock.advance(uploadLifetime - 1)
  await s.changes(async () => assert.equal(await expireUploads(core(s), never), 0))
  await s.test.clock.advance(1)
  await s.changes(
    async () => assert.equal(await expireUploads(core(s), never), 2),
    '- file file-1 upload',
    `+ file file-1 trash until +${uploadLifetime + trashDelay}`,
    `- upload file-1 until +${uploadLifetime}`,
    `- upload of 10 bytes until +${uploadLifetime}`,
  )
})

test('a file that no row owns is claimed by the sweep, and one that a row owns is not', async () => {
  const s = await scenario()
  await s.push(s.piece('large', 100_000))
  const { id } = await s.registry.uploads.begin(s.caller, app)
  await s.registry.uploads.append(s.caller, app, id, { bytes: chunks(Buffer.alloc(100_000)) })
  const stray = s.test.blobs.name()
  await s.test.blobs.append(stray, 0, chunks(Buffer.alloc(7)), never)
  await assert.rejects(checkInvariants(core(s)), /file-0*3 is stored, and has no row/)
  await checkInvariants(core(s), { strays: true })
  const before = await s.lines()
  assert.equal(await sweep(core(s), AbortSignal.abort()), 0)
  assert.equal(await sweep(core(s), never), 1)
  const after = await s.lines()
  assert.deepEqual(
    after.filter((line) => !before.includes(line)),
    [`file file-3 trash until +${trashDelay}`],
  )
  await s.changes(async () => assert.equal(await sweep(core(s), never), 0))
  await s.test.clock.advance(trashDelay)
  await s.changes(
    () => emptyTrash(core(s), never),
    `- file file-3 trash until +${trashDelay}`,
    '- stored file-3 7',
  )
})

test('everything goes in the end, when everything was deleted', async () => {
  const s = await scenario()
  const [config, a] = [s.known('{}', Buffer.from('{}')), s.piece('a', 100_000)]
  for (const piece of [config, a]) await s.push(piece)
  const image = s.image('image', config, [a], { annotations: { note: 'x'.repeat(70_000) } })
  const index = s.index('index', [image])
  await s.put(image, 'v1')
  await s.put(index, 'v2')
  await s.delete(index.digest)
  await s.delete(image.digest)
  await s.drain()
  await s.test.clock.advance(graceTime + 1)
  await collect(core(s), never)
  await s.test.clock.advance(trashDelay)
  await emptyTrash(core(s), never)
  await checkInvariants(core(s))
  const left = new Set((await s.lines()).map((line) => line.split(' ')[0]))
  assert.deepEqual([...left].sort(), ['audit', 'event', 'history', 'repository', 'tag'])
})

test('a file that cannot be removed keeps no other in the trash, and is told of', async () => {
  const s = await scenario({ limits: { inlineBytes: 10, pageSize: 3 } })
  for (let n = 0; n < 8; n++) {
    const piece = s.piece(`p${n}`, 100)
    await s.push(piece)
    await s.registry.blobs.delete(s.caller, app, piece.digest)
  }
  await s.test.clock.advance(trashDelay)
  const { remove } = s.test.blobs
  s.test.blobs.remove = async (file) => {
    if (file.endsWith('02')) throw new Error('the disk has a bad block')
    await remove.call(s.test.blobs, file)
  }
  const stuck = [`file file-2 trash until +${trashDelay}`, 'stored file-2 100']
  const trash = async (): Promise<string[]> => (await s.lines()).filter((line) => /^(file|stored)/.test(line))
  await assert.rejects(emptyTrash(core(s), never), /bad block/)
  assert.deepEqual(await trash(), stuck)
  s.test.blobs.remove = remove.bind(s.test.blobs)
  assert.equal(await emptyTrash(core(s), never), 1)
  assert.deepEqual(await trash(), [])
})

test('who is told to stop stops between two files, and between two uploads', async () => {
  const s = await scenario({ limits: { inlineBytes: 10 } })
  for (let n = 0; n < 5; n++) {
    const { id } = await s.registry.uploads.begin(s.caller, app)
    await s.registry.uploads.append(s.caller, app, id, { bytes: chunks(Buffer.alloc(100)) })
  }
  const kept = async (start: string): Promise<number> =>
    (await s.lines()).filter((line) => line.startsWith(start)).length
  await s.test.clock.advance(uploadLifetime)
  const stopping = (after: number): AbortSignal => {
    const stop = new AbortController()
    const { ledger } = core(s)
    const keep = ledger.keep
    let calls = 0
    ledger.keep = async (decide) => {
      if (++calls === after) stop.abort()
      return (await keep.call(ledger, decide as never)) as never
    }
    return stop.signal
  }
  assert.equal(await expireUploads(core(s), stopping(2)), 2)
  assert.equal(await kept('upload'), 3)
  assert.equal(await expireUploads(core(s), never), 3)
  await s.test.clock.advance(trashDelay)
  assert.equal(await emptyTrash(core(s), stopping(2)), 2)
  assert.equal(await kept('stored'), 3)
  assert.equal(await emptyTrash(core(s), never), 3)
  await checkInvariants(core(s))
})
