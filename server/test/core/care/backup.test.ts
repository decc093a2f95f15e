import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { flipByte } from '../../../src/adapters/blobs/memory/memory-files.ts'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryDirectory } from '../../../src/adapters/directory/memory/open-memory-directory.ts'
import { holdLifetime } from '../../../src/core/care/hold.ts'
import { pullsCounted } from '../../../src/core/catalog/pull-counting.ts'
import { blobs, files, holds, marks } from '../../../src/core/content/tables.ts'
import { emptyTrash } from '../../../src/core/gc/empty-trash.ts'
import { defaultLimits } from '../../../src/core/ledger/limits.ts'
import type { Digest } from '../../../src/domain/digest.ts'
import type { Blobs, FileName } from '../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import { DirectoryError } from '../../../src/ports/directory/errors.ts'
import { insert, patch, remove } from '../../../src/ports/store/change.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import { app, bytesOf, chunks, type Piece, refused } from '../scenario.ts'
import {
  backUp,
  folder,
  freshDisk,
  lasting,
  never,
  overDirectory,
  putBack,
  type World,
  world,
} from './backup-world.ts'

const { trashDelay } = defaultLimits

/** Two tagged images, of a layer in a row and layers in files; an unfinished upload; something in the trash. */
async function filled(w: World): Promise<{ layers: Piece[]; images: Piece[] }> {
  const { s } = w
  const config = s.known('{}', Buffer.from('{}'))
  const layers = [s.piece('small', 100), s.piece('large', 100_000), s.piece('larger', 200_000)]
  for (const piece of [config, ...layers]) await s.push(piece)
  const images = [s.image('one', config, layers.slice(0, 2)), s.image('two', config, layers.slice(1))]
  for (const [n, image] of images.entries()) await s.put(image, `v${n + 1}`)
  const unwanted = s.piece('unwanted', 80_000)
  await s.push(unwanted)
  await s.registry.blobs.delete(s.caller, app, unwanted.digest)
  const { id } = await s.registry.uploads.begin(s.caller, app)
  await s.registry.uploads.append(s.caller, app, id, { bytes: chunks(Buffer.alloc(90_000, 'unfinished')) })
  return { layers, images }
}

const pathOf = (file: string): string => `files/${file.slice(0, 2)}/${file}`

async function fileOf({ s }: World, { digest }: Piece): Promise<string> {
  return (await s.test.store.get(blobs, [digest]))?.file ?? ''
}

test('a backup that is put back has every row and byte that was there, without what was of the moment', async () => {
  const w = await world()
  const { layers, images } = await filled(w)
  const to = folder()
  const [lines, before] = [await w.s.lines(), await lasting(w)]
  const report = await backUp(w.s.test, to.directory)
  assert.deepEqual(await w.s.lines(), lines, 'the registry is as it was, and holds nothing any more')
  assert.deepEqual(await allRows(w.s.test.store, holds), [])
  assert.deepEqual(
    { ...report, recordBytes: report.recordBytes > 1000 },
    {
      createdAt: w.s.test.clock.now(),
      files: 2,
      bytes: 300_000,
      copied: { files: 2, bytes: 300_000 },
      removedFiles: 0,
      recordBytes: true,
      damagedFiles: 0,
      damaged: [],
      sound: true,
    },
  )
  const named = await Promise.all(layers.slice(1).map(async (layer) => pathOf(await fileOf(w, layer))))
  const records = [...to.files.keys()].filter((path) => path.startsWith('records-'))
  assert.equal(records.length, 1)
  assert.deepEqual([...to.files.keys()].sort(), ['backup.json', ...named, ...records].sort())
  assert.equal([...to.files.keys()].at(-1), 'backup.json', 'it is written last')

  const again = await putBack(w, to.directory)
  assert.deepEqual(await lasting(again), before)
  await checkInvariants(again.s.test.core)
  assert.deepEqual(
    (await allRows(again.s.test.store, files)).map(({ state }) => state),
    ['blob', 'blob'],
  )
  assert.deepEqual(again.report, {
    createdAt: report.createdAt,
    release: '1.2.3',
    files: 2,
    bytes: 300_000,
    keptFiles: 0,
    endedUploads: 1,
    damagedFiles: 0,
    damaged: [],
    sound: true,
  })
  for (const { digest, bytes } of layers) {
    await using content = await again.s.registry.blobs.open(again.s.caller, app, digest)
    assert.ok((await bytesOf(content)).equals(bytes))
  }
  for (const { digest, bytes } of images) {
    assert.deepEqual(Buffer.from((await again.s.registry.manifests.get(app, digest)).bytes), bytes)
  }
  const pushed = again.s.piece('later', 70_000)
  await again.s.push(pushed)
  await checkInvariants(again.s.test.core)
})

test('pulls count from the restore on: what was pulled since the backup is not known', async () => {
  const w = await world()
  await filled(w)
  const to = folder()
  const since = async ({ s }: World): Promise<number | undefined> =>
    (await s.test.store.get(marks, [pullsCounted]))?.at
  const once = await since(w)
  await backUp(w.s.test, to.directory)
  await w.s.test.clock.advance(1000)
  const again = await putBack(w, to.directory)
  assert.equal(await since(again), w.s.test.clock.now())
  assert.equal(await since(w), once)
  await w.s.test.core.ledger.keep(async () => ({
    value: undefined,
    changes: [remove(marks, [pullsCounted])],
  }))
  await backUp(w.s.test, to.directory)
  const older = await putBack(w, to.directory)
  assert.equal(await since(older), w.s.test.clock.now(), 'of a backup from before pulls were counted too')
})

test('a second backup copies what is new, keeps what is there, and removes what nothing names any more', async () => {
  const w = await world()
  const { layers, images } = await filled(w)
  const to = folder()
  await backUp(w.s.test, to.directory)
  const kept = pathOf(await fileOf(w, layers[1] as Piece))
  const gone = pathOf(await fileOf(w, layers[2] as Piece))
  const keptBytes = to.files.get(kept)
  await w.s.delete((images[1] as Piece).digest)
  await w.s.registry.blobs.delete(w.s.caller, app, (layers[2] as Piece).digest)
  await w.s.push(w.s.piece('new', 150_000))
  await w.s.test.clock.advance(1)
  const report = await backUp(w.s.test, to.directory)
  assert.deepEqual(report.copied, { files: 1, bytes: 150_000 })
  assert.equal(report.removedFiles, 1)
  assert.equal(to.files.get(kept), keptBytes, 'written once')
  assert.equal(to.files.has(gone), false)
  assert.equal([...to.files.keys()].filter((path) => path.startsWith('records-')).length, 1)
  const before = await lasting(w)
  const again = await putBack(w, to.directory)
  assert.deepEqual(await lasting(again), before)
  await checkInvariants(again.s.test.core)
})

test('wherever a second backup is cut off, the folder holds the first one or the second, whole', async () => {
  const w = await world()
  const { layers, images } = await filled(w)
  const first = folder()
  await backUp(w.s.test, first.directory)
  const before = await lasting(w)
  await w.s.delete((images[1] as Piece).digest)
  await w.s.registry.blobs.delete(w.s.caller, app, (layers[2] as Piece).digest)
  await w.s.push(w.s.piece('new', 150_000))
  const after = await lasting(w)
  const outcomes: string[] = []
  for (let step = 0; ; step++) {
    const files = new Map(first.files)
    let left = step
    const cut = (): void => {
      if (left-- === 0) throw new DirectoryError('permanent', 'the cable was pulled')
    }
    const memory = openMemoryDirectory(files)
    const breaking = overDirectory(memory, {
      write: async (path, ...rest) => {
        cut()
        await memory.write(path, ...rest)
        cut()
      },
      remove: async (path) => {
        cut()
        await memory.remove(path)
      },
    })
    const failed = await backUp(w.s.test, breaking).then(
      () => false,
      (error: unknown) => error instanceof DirectoryError || assert.fail(`${error}`),
    )
    const again = await putBack(w, openMemoryDirectory(files))
    await checkInvariants(again.s.test.core)
    const found = await lasting(again)
    const isOld = isDeepStrictEqual(found, before)
    if (!isOld) assert.deepEqual(found, after)
    outcomes.push(isOld ? 'first' : 'second')
    assert.deepEqual(await allRows(w.s.test.store, holds), [], 'no hold is left')
    if (!failed) break
  }
  assert.deepEqual(outcomes, outcomes.toSorted(), 'once the second counts, it does for good')
  assert.ok(
    outcomes.filter((one) => one === 'first').length >= 4 && outcomes.at(-1) === 'second',
    `${outcomes}`,
  )
})

test('while files are copied none of them goes, whatever is deleted, and afterwards they go', async () => {
  const w = await world()
  const { layers, images } = await filled(w)
  const to = folder()
  const before = await lasting(w)
  let emptied: number | undefined
  const deleting = overDirectory(to.directory, {
    write: async (path, ...rest) => {
      if (emptied === undefined && path.startsWith('files/')) {
        emptied = 0
        for (const { digest } of images) await w.s.delete(digest)
        for (const { digest } of layers) await w.s.registry.blobs.delete(w.s.caller, app, digest)
        // Longer than one life: it is renewed meanwhile.
        for (let passed = 0; passed <= trashDelay + 2 * holdLifetime; passed += holdLifetime / 4) {
          await w.s.test.clock.advance(holdLifetime / 4)
          emptied += await emptyTrash(w.s.test.core, never)
        }
      }
      await to.directory.write(path, ...rest)
    },
  })
  const report = await backUp(w.s.test, deleting)
  assert.equal(emptied, 0)
  assert.equal(report.sound, true)
  assert.deepEqual(report.copied, { files: 2, bytes: 300_000 })
  assert.equal(await emptyTrash(w.s.test.core, never), 3)
  const again = await putBack(w, to.directory)
  assert.deepEqual(await lasting(again), before)
})

test('a hold that was not renewed in time fails its backup, and no file goes before its owner can know', async () => {
  const w = await world()
  const { layers, images } = await filled(w)
  const to = folder()
  let emptied: number | undefined
  const slow = overDirectory(to.directory, {
    write: async (path, ...rest) => {
      if (emptied === undefined && path.startsWith('files/')) {
        emptied = 0
        const [row] = await allRows(w.s.test.store, holds)
        assert.equal(row?.by, 'backup')
        await w.s.delete((images[1] as Piece).digest)
        await w.s.registry.blobs.delete(w.s.caller, app, (layers[2] as Piece).digest)
        // The process was asleep: the time has passed, and nobody has run.
        w.s.test.clock.step(holdLifetime + trashDelay)
        emptied = await emptyTrash(w.s.test.core, never)
        assert.deepEqual(await allRows(w.s.test.store, holds), [], 'the dead hold went first')
      }
      await to.directory.write(path, ...rest)
    },
  })
  const { reason } = await refused(backUp(w.s.test, slow), 'unavailable')
  assert.match(reason, /hold on the trash/)
  assert.ok((emptied ?? 0) > 0)
  assert.equal(to.files.has('backup.json'), false)
})

test('damaged content is told and left out; a sound copy of an earlier backup stays', async () => {
  const w = await world()
  const { layers } = await filled(w)
  const [, large, larger] = layers as [Piece, Piece, Piece]
  const first = folder()
  await backUp(w.s.test, first.directory)
  for (const layer of [large, larger]) flipByte(w.disk, (await fileOf(w, layer)) as FileName, 70_000)
  assert.equal((await backUp(w.s.test, first.directory)).sound, true, 'what is there is not copied again')
  const kept = await putBack(w, first.directory)
  assert.equal(kept.report.sound, true)
  await checkInvariants(kept.s.test.core)

  w.disk.byName.delete((await fileOf(w, larger)) as FileName)
  const second = folder()
  const report = await backUp(w.s.test, second.directory)
  assert.equal(report.sound, false)
  assert.equal(report.damagedFiles, 2)
  const told = new Map(report.damaged.map(({ digest, what }) => [digest, what]))
  assert.match(told.get(large.digest) ?? '', /changed/)
  assert.match(told.get(larger.digest) ?? '', /gone/)
  assert.deepEqual(report.copied, { files: 0, bytes: 0 })

  const again = await putBack(w, second.directory)
  assert.deepEqual(
    again.report.damaged.map(({ digest }) => digest).sort(),
    [large.digest, larger.digest].sort(),
  )
  assert.equal(again.report.sound, false)
  await refused(
    again.s.registry.blobs.open(again.s.caller, app, large.digest) as Promise<unknown>,
    'content-damaged',
  )
  for (const piece of [large, larger]) await again.s.push(piece)
  await checkInvariants(again.s.test.core)
  await using content = await again.s.registry.blobs.open(again.s.caller, app, large.digest)
  assert.ok((await bytesOf(content)).equals(large.bytes), 'the next push mends it')
})

test('a copy that has changed is found by its content, and made again', async () => {
  const w = await world()
  const { layers } = await filled(w)
  const to = folder()
  await backUp(w.s.test, to.directory)
  const path = pathOf(await fileOf(w, layers[1] as Piece))
  to.files.set(path, Buffer.alloc(100_000, 'x'))
  assert.deepEqual((await backUp(w.s.test, to.directory)).copied, { files: 0, bytes: 0 })
  assert.deepEqual((await backUp(w.s.test, to.directory, { verify: true })).copied, {
    files: 1,
    bytes: 100_000,
  })
  assert.ok(Buffer.from(to.files.get(path) ?? []).equals((layers[1] as Piece).bytes))
})

test("a folder with somebody's own files is refused, and left as it is", async () => {
  const w = await world()
  await filled(w)
  const to = folder()
  to.files.set('notes.txt', Buffer.from('mine'))
  const { reason } = await refused(backUp(w.s.test, to.directory), 'parameter-invalid')
  assert.match(reason, /notes\.txt/)
  assert.deepEqual([...to.files.keys()], ['notes.txt'])
})

test('the backup of another registry is refused before anything is written; a restored one goes on with its own', async () => {
  const [w, stranger] = [await world(), await world({ seed: 7 })]
  await filled(w)
  const to = folder()
  await backUp(w.s.test, to.directory)
  const before = new Map(to.files)
  const reading = overDirectory(to.directory, {
    write: async (path) => assert.fail(`${path} is written`),
    remove: async (path) => assert.fail(`${path} is removed`),
  })
  const { reason } = await refused(backUp(stranger.s.test, reading), 'parameter-invalid')
  assert.match(reason, /backup of another registry, as of \d{4}-.*Z: name another folder/)
  assert.deepEqual(to.files, before)
  assert.deepEqual(await allRows(stranger.s.test.store, holds), [])
  const again = await putBack(w, to.directory)
  await again.s.push(again.s.piece('later', 70_000))
  assert.equal((await backUp(again.s.test, to.directory)).sound, true)
  const third = await putBack(w, to.directory)
  assert.deepEqual(await lasting(third), await lasting(again))
})

test('a file that goes from the folder while the backup is made fails it; one that could not be had does not', async () => {
  const w = await world()
  const { layers } = await filled(w)
  const to = folder()
  const copied = pathOf(await fileOf(w, layers[1] as Piece))
  w.disk.byName.delete((await fileOf(w, layers[2] as Piece)) as FileName)
  for (const pattern of [/^files\//, /^records-/]) {
    const losing = overDirectory(to.directory, {
      write: async (path, ...rest) => {
        await to.directory.write(path, ...rest)
        // What is written last before it is looked at again.
        if (path.startsWith('records-')) to.files.delete(pattern.test(path) ? path : copied)
      },
    })
    const { reason } = await refused(backUp(w.s.test, losing), 'unavailable')
    assert.match(reason, /files of this backup went/)
    assert.equal(to.files.has('backup.json'), false)
    assert.deepEqual(await allRows(w.s.test.store, holds), [])
  }
  const report = await backUp(w.s.test, to.directory)
  assert.deepEqual([report.damagedFiles, report.sound], [1, false])
  assert.equal(to.files.has('backup.claim'), false)
})

test('what is no whole backup is not put back: each way is told', async () => {
  const w = await world()
  await filled(w)
  const good = folder()
  await backUp(w.s.test, good.directory)
  const records = [...good.files.keys()].find((path) => path.startsWith('records-')) as string
  const edit = (change: (record: Record<string, unknown>) => void) => (map: Map<string, Uint8Array>) => {
    const record = JSON.parse(Buffer.from(map.get('backup.json') ?? []).toString())
    change(record)
    map.set('backup.json', Buffer.from(JSON.stringify(record)))
  }
  const ways: readonly [string, (map: Map<string, Uint8Array>) => void, RegExp][] = [
    ['no record', (map) => map.delete('backup.json'), /no backup\.json/],
    ['an empty record', (map) => map.set('backup.json', Buffer.from('')), /cannot be read/],
    ['a foreign record', (map) => map.set('backup.json', Buffer.from('{}')), /not what Lading writes/],
    ['a newer format', edit((r) => void Object.assign(r, { format: 2 })), /newer release/],
    [
      'a newer schema',
      edit((r) => void Object.assign(r, { schemaVersion: 1e6 })),
      /version 1000000.*release 1\.2\.3/,
    ],
    ['no records', (map) => map.delete(records), /is missing/],
    [
      'a path in the record',
      edit((r) => void Object.assign(r['records'] as object, { file: '../x' })),
      /not what/,
    ],
    ['records cut short', (map) => map.set(records, Buffer.from('x')), /has 1 bytes/],
    [
      'records that changed',
      (map) => {
        const bytes = Buffer.from(map.get(records) ?? [])
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
        map.set(records, bytes)
      },
      /changed since|no records/,
    ],
    [
      'another list of files',
      edit((r) => void Object.assign(r['files'] as object, { list: `sha256:${'0'.repeat(64)}` })),
      /one backup/,
    ],
    [
      'records of another engine',
      edit((r) => void Object.assign(r['records'] as object, { format: 'sqlite' })),
      /sqlite/,
    ],
  ]
  for (const [what, spoil, why] of ways) {
    const files = new Map(good.files)
    spoil(files)
    const { reason } = await refused(putBack(w, openMemoryDirectory(files)), 'parameter-invalid').catch(
      (error) => assert.fail(`${what}: ${error}`),
    )
    assert.match(reason, why, what)
  }
})

test('a record whose file can have no such name is damage like any other, and mended by the next push', async () => {
  const w = await world()
  const { layers } = await filled(w)
  const [, large] = layers as [Piece, Piece]
  const { core } = w.s.test
  const file = await fileOf(w, large)
  const elsewhere = 'precious'
  await core.ledger.keep(async () => ({
    value: undefined,
    changes: [
      patch(blobs, [large.digest], { set: { file: elsewhere } }),
      remove(files, [file]),
      insert(files, { file: elsewhere, state: 'blob', until: 0 }),
    ],
  }))
  const to = folder()
  await backUp(w.s.test, to.directory)
  const disk = freshDisk()
  const asked: string[] = []
  const known = openMemoryBlobs({ files: disk })
  const checking = async <T>(name: FileName, work: () => Promise<T>): Promise<T> => {
    asked.push(name)
    if (name === elsewhere) throw new BlobsError('name', `${name} names no file`)
    return await work()
  }
  const openBlobs = async (): Promise<Blobs> =>
    Object.assign(Object.create(known) as Blobs, {
      name: () => known.name(),
      list: () => known.list(),
      close: () => known.close(),
      length: (name: FileName) => checking(name, () => known.length(name)),
      remove: (name: FileName) => checking(name, () => known.remove(name)),
      seal: (name: FileName, want: Digest, signal: AbortSignal) =>
        checking(name, () => known.seal(name, want, signal)),
      append: (name: FileName, at: number, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal) =>
        checking(name, () => known.append(name, at, bytes, signal)),
    })
  const back = await putBack(w, to.directory, { disk, openBlobs })
  assert.ok(asked.includes(elsewhere))
  assert.equal(back.report.damagedFiles, 1)
  assert.match(back.report.damaged[0]?.what ?? '', /names what can be no file/)
  assert.equal(back.report.damaged[0]?.digest, large.digest)
  assert.notEqual(await fileOf(back, large), elsewhere)
  await back.s.push(large)
  await checkInvariants(back.s.test.core)
  assert.deepEqual(
    (await allRows(back.s.test.core.store, files)).filter((row) => row.file === elsewhere),
    [],
  )
  await using content = await back.s.registry.blobs.open(back.s.caller, app, large.digest)
  assert.ok((await bytesOf(content)).equals(large.bytes))
})

test('a restore that is repeated keeps the files that are whole, and mends those that are not', async () => {
  const w = await world()
  const { layers } = await filled(w)
  const to = folder()
  await backUp(w.s.test, to.directory)
  const disk = freshDisk()
  const failing = overDirectory(to.directory, {
    open: async (path, signal) => {
      if (path === pathOf(await fileOf(w, layers[2] as Piece)))
        throw new DirectoryError('transient', 'gone for a moment')
      return await to.directory.open(path, signal)
    },
  })
  await assert.rejects(putBack(w, failing, { disk }), /gone for a moment/)
  const half = disk.byName.size
  assert.equal(half, 1)
  const again = await putBack(w, to.directory, { disk })
  assert.equal(again.report.keptFiles, 1)
  await checkInvariants(again.s.test.core)
  flipByte(disk, (await fileOf(w, layers[1] as Piece)) as FileName, 5)
  const third = await putBack(w, to.directory, { disk })
  assert.equal(third.report.keptFiles, 1)
  await checkInvariants(third.s.test.core)
})
