import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import {
  assertBytes,
  assertRefused,
  bodyOf,
  bytesOf,
  calm,
  digestOf,
  read,
  write,
  writeSealed,
} from '../../../../src/ports/blobs/suite/content.ts'
import { type Done, systemError, VolatileFileSystem, type VolatileOptions } from './volatile-file-system.ts'
import { folder, openOver, pathTo } from './volatile-harness.ts'

const content = bytesOf(1_300_000)

/** Seals, cuts the power as soon as the answer is there, and looks at what a new process finds. */
async function sealThenCut(options: VolatileOptions = {}): Promise<void> {
  const fs = new VolatileFileSystem(options)
  const blobs = await openOver(fs)
  const file = await writeSealed(blobs, content)
  fs.cutPower()
  const again = await openOver(fs)
  assertBytes(await read(again, file), content, 'the file after the power was cut')
  await assertRefused(again.append(file, content.length, bodyOf(bytesOf(1)), calm), 'sealed')
  assert.deepEqual(await again.seal(file, digestOf(content), calm), { length: content.length })
}

const isFolder = (path: string): boolean => !/[0-9a-f]{32}$/.test(path)

test('what seal answered survives a power cut: bytes, folder entry and that it is sealed', () =>
  sealThenCut())

/** Each flush that the promise hangs on, left out: a test that still passed would not test it. */
const leftOut: Readonly<Record<string, (done: Done) => boolean>> = {
  'the flush of the file': ({ path }) => !isFolder(path),
  'the flush of the shard folder': ({ path }) => new RegExp(`^${folder}/..$`).test(path),
  'the flush of the folder of shards': ({ path }) => path === folder,
  'the flush of its parent': ({ path }) => path === '/srv/lading',
  'the flush of the parent of that': ({ path }) => path === '/srv',
  'the flush of the root': ({ path }) => path === '/',
}

for (const [what, unflushed] of Object.entries(leftOut)) {
  test(`without ${what}, something is lost`, () => assert.rejects(sealThenCut({ unflushed })))
}

test('what was appended and not sealed may be lost', async () => {
  const fs = new VolatileFileSystem()
  const file = await write(await openOver(fs), content)
  fs.cutPower()
  const again = await openOver(fs)
  assert.equal(await again.length(file), 0)
})

test('a sealed empty file survives a power cut', async () => {
  const fs = new VolatileFileSystem()
  const blobs = await openOver(fs)
  const nothing = new Uint8Array(0)
  const file = blobs.name()
  await blobs.seal(file, digestOf(nothing), calm)
  fs.cutPower()
  assertBytes(await read(await openOver(fs), file), nothing, 'the file')
})

for (const held of ['file', 'folder'] as const) {
  test(`seal does not answer before the flush of the ${held} has`, async () => {
    const fs = new VolatileFileSystem()
    const blobs = await openOver(fs)
    const file = await write(blobs, content)
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    fs.before = async ({ operation, path }) => {
      if (operation !== 'sync' || isFolder(path) !== (held === 'folder')) return
      reached.resolve()
      await released.promise
    }
    let answered = false
    const sealed = blobs.seal(file, digestOf(content), calm).then(() => {
      answered = true
    })
    await reached.promise
    for (let n = 0; n < 50; n += 1) await turn()
    assert.equal(answered, false)
    released.resolve()
    await sealed
  })
}

test('a seal that is repeated flushes again: the one before may have been cut off', async () => {
  const fs = new VolatileFileSystem()
  const blobs = await openOver(fs)
  const file = await writeSealed(blobs, content)
  const shard = pathTo(file).slice(0, -33)
  assert.deepEqual([fs.count('sync', pathTo(file)), fs.count('sync', shard)], [1, 1])
  await blobs.seal(file, digestOf(content), calm)
  assert.deepEqual([fs.count('sync', pathTo(file)), fs.count('sync', shard)], [2, 2])
})

for (const failing of ['file', 'folder'] as const) {
  test(`after the flush of the ${failing} failed once, no later seal of that file succeeds`, async () => {
    const fs = new VolatileFileSystem()
    const blobs = await openOver(fs)
    const file = await write(blobs, content)
    const other = await write(blobs, content)
    fs.before = ({ operation, path }) => {
      if (operation === 'sync' && isFolder(path) === (failing === 'folder')) throw systemError('EIO', path)
    }
    await assertRefused(blobs.seal(file, digestOf(content), calm), 'permanent')
    fs.before = () => undefined
    await assertRefused(blobs.seal(file, digestOf(content), calm), 'permanent')
    await assertRefused(blobs.append(file, content.length, bodyOf(content), calm), 'permanent')
    await blobs.seal(other, digestOf(content), calm)
    assert.equal(fs.descriptors, 0)
  })
}

test('the disk begins every 16 MiB while bytes arrive in its cache, one flush at a time', async () => {
  const fs = new VolatileFileSystem({ noDirect: 'open' })
  const blobs = await openOver(fs)
  let [under, most] = [0, 0]
  fs.before = async ({ operation }) => {
    if (operation !== 'datasync') return
    under += 1
    most = Math.max(most, under)
    for (let n = 0; n < 20; n += 1) await turn()
    under -= 1
  }
  const chunk = bytesOf(1_048_576)
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < 36; n += 1) yield chunk
  }
  await blobs.append(blobs.name(), 0, body(), calm)
  assert.deepEqual([fs.count('datasync'), most, fs.descriptors], [2, 1, 0])
})

test('a flush that fails while bytes arrive fails the append and every seal after it', async () => {
  const fs = new VolatileFileSystem({ noDirect: 'open' })
  const blobs = await openOver(fs)
  const file = blobs.name()
  fs.before = ({ operation, path }) => {
    if (operation === 'datasync') throw systemError('EIO', path)
  }
  const large = bytesOf(17_825_792)
  await assertRefused(blobs.append(file, 0, bodyOf(large, 1_048_576), calm), 'permanent')
  fs.before = () => undefined
  await assertRefused(blobs.seal(file, digestOf(large), calm), 'permanent')
  assert.equal(fs.descriptors, 0)
})
