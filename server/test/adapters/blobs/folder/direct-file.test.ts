import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeBuffer } from '../../../../src/adapters/blobs/folder/buffers.ts'
import {
  assertBytes,
  assertRefused,
  bodyOf,
  bytesOf,
  calm,
  digestOf,
  read,
} from '../../../../src/ports/blobs/suite/content.ts'
import { systemError, VolatileFileSystem } from './volatile-file-system.ts'
import { openOver, pathTo } from './volatile-harness.ts'

const content = bytesOf(3 * writeBuffer + 1000)

test('whole buffers go past the cache and need no flush on the way; the rest, and small content, goes through it', async () => {
  const fs = new VolatileFileSystem()
  const blobs = await openOver(fs)
  const file = blobs.name()
  await blobs.append(file, 0, bodyOf(content, 65_536), calm)
  assert.deepEqual([fs.directBytes, fs.count('write', pathTo(file))], [3 * writeBuffer, 4])
  assert.equal(fs.count('datasync'), 0)
  await blobs.seal(file, digestOf(content), calm)
  await blobs.append(blobs.name(), 0, bodyOf(bytesOf(writeBuffer - 1)), calm)
  assert.equal(fs.directBytes, 3 * writeBuffer)
  fs.cutPower()
  assertBytes(await read(await openOver(fs), file), content, 'the file after the power was cut')
})

test('an upload that goes on anywhere is written past the cache again from the next whole buffer', async () => {
  const fs = new VolatileFileSystem()
  const blobs = await openOver(fs)
  const file = blobs.name()
  await blobs.append(file, 0, bodyOf(content.subarray(0, 1001)), calm)
  await blobs.append(file, 1001, bodyOf(content.subarray(1001), 65_537), calm)
  assert.equal(fs.directBytes, 2 * writeBuffer)
  await blobs.seal(file, digestOf(content), calm)
  assertBytes(await read(blobs, file), content, 'the file')
})

for (const noDirect of ['open', 'write'] as const) {
  test(`where ${noDirect} refuses, all goes through the cache, and a file asks once`, async () => {
    const fs = new VolatileFileSystem({ noDirect })
    const blobs = await openOver(fs)
    const file = blobs.name()
    await blobs.append(file, 0, bodyOf(content, 65_536), calm)
    await blobs.seal(file, digestOf(content), calm)
    assertBytes(await read(blobs, file), content, 'the file')
    assert.deepEqual([fs.directBytes, fs.descriptors], [0, 0])
    assert.equal(fs.count('open', pathTo(file)), 4, 'append, direct, seal, read')
  })
}

test('a disk that fails past the cache fails the append, and is not asked again through the cache', async () => {
  const fs = new VolatileFileSystem()
  const blobs = await openOver(fs)
  const file = blobs.name()
  let writes = 0
  fs.before = ({ operation, path }) => {
    if (operation !== 'write') return
    writes += 1
    throw systemError('EIO', path)
  }
  await assertRefused(blobs.append(file, 0, bodyOf(content, 65_536), calm), 'permanent')
  assert.deepEqual([writes, fs.descriptors], [1, 0])
})
