import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { readBuffer } from '../../../../src/adapters/blobs/folder/buffers.ts'
import { smallRead } from '../../../../src/adapters/blobs/folder/read-range.ts'
import type { Blobs, FileName } from '../../../../src/ports/blobs/blobs.ts'
import {
  assertBytes,
  assertRefused,
  bytesOf,
  calm,
  collect,
  joined,
  read,
  write,
  writeSealed,
} from '../../../../src/ports/blobs/suite/content.ts'
import { VolatileFileSystem } from './volatile-file-system.ts'
import { openOver, pathTo, preparedFolders } from './volatile-harness.ts'

const buffer = readBuffer

async function startWith(
  content: Uint8Array,
): Promise<{ fs: VolatileFileSystem; blobs: Blobs; file: FileName }> {
  const fs = new VolatileFileSystem({ folders: preparedFolders })
  const blobs = await openOver(fs)
  return { fs, blobs, file: await writeSealed(blobs, content) }
}

test('a small file is read at once, a large one by the buffer', async () => {
  for (const [length, reads] of [
    [0, 0],
    [1, 1],
    [buffer, 1],
    [buffer + 1, 2],
    [4 * buffer, 4],
  ] as const) {
    const { fs, blobs, file } = await startWith(bytesOf(length))
    assertBytes(await read(blobs, file), bytesOf(length), `${length} bytes`)
    assert.equal(fs.count('read'), reads, `reads of ${length} bytes`)
  }
})

test('the next read is under way while the consumer has a chunk, and what it has stays as it is', async () => {
  const content = bytesOf(8 * buffer)
  const { fs, blobs, file } = await startWith(content)
  const opened = await blobs.open(file, undefined, calm)
  assert.ok(opened !== undefined)
  await using reader = opened
  let at = 0
  for await (const chunk of reader.bytes) {
    for (let n = 0; n < 10; n += 1) await turn()
    assert.equal(fs.count('read'), Math.min(8, at / buffer + 2))
    assertBytes(chunk, content.subarray(at, at + buffer), `the chunk at ${at}`)
    at += chunk.length
  }
  assert.equal(at, content.length)
})

test('readers that stand still hold no more memory than is set, and a small piece each; all of them end well', async () => {
  const content = bytesOf(3 * buffer)
  const fs = new VolatileFileSystem()
  const blobs = await openOver(fs, { readBytes: 4 * buffer })
  const file = await writeSealed(blobs, content)
  const readers = await Promise.all(Array.from({ length: 20 }, () => blobs.open(file, undefined, calm)))
  const firsts = await Promise.all(
    readers.map(async (reader) => {
      assert.ok(reader !== undefined)
      const iterator = reader.bytes[Symbol.asyncIterator]()
      const first = await iterator.next()
      return { iterator, chunk: first.value as Uint8Array }
    }),
  )
  for (let n = 0; n < 10; n += 1) await turn()
  const sizes = new Map<ArrayBufferLike, number>()
  for (const { chunk } of firsts) sizes.set(chunk.buffer, chunk.buffer.byteLength)
  const held = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  assert.ok(held <= 4 * buffer + 20 * smallRead, `${held} bytes are held`)
  assert.equal(sizes.size, 20, 'two readers have the same memory')
  assert.equal(firsts.filter(({ chunk }) => chunk.length === smallRead).length, 16)
  for (const { iterator, chunk } of firsts) {
    const rest = await collect({ [Symbol.asyncIterator]: () => iterator })
    assertBytes(rest, content.subarray(chunk.length), 'the rest')
  }
  assert.equal(fs.descriptors, 0)
  const reads = fs.count('read')
  assertBytes(await read(blobs, file), content, 'read with buffers again')
  assert.equal(fs.count('read') - reads, 3, 'the buffers did not come back')
})

test('no descriptor stays open, however a reader ends', async () => {
  const content = bytesOf(4 * buffer)
  const { fs, blobs, file } = await startWith(content)
  const open = async (
    signal: AbortSignal = calm,
  ): Promise<AsyncDisposable & { bytes: AsyncIterable<Uint8Array> }> => {
    const opened = await blobs.open(file, undefined, signal)
    assert.ok(opened !== undefined)
    assert.equal(fs.descriptors, 1)
    return opened
  }
  await collect((await open()).bytes)
  assert.equal(fs.descriptors, 0, 'read to the end')
  await (await open())[Symbol.asyncDispose]()
  assert.equal(fs.descriptors, 0, 'never read')
  for await (const chunk of (await open()).bytes) if (chunk.length > 0) break
  assert.equal(fs.descriptors, 0, 'given up')
  const stop = new AbortController()
  const reader = await open(stop.signal)
  stop.abort(new Error('gone'))
  await assert.rejects(collect(reader.bytes), /gone/)
  assert.equal(fs.descriptors, 0, 'aborted')
  await assertRefused(blobs.open(file, { start: 0, end: content.length }, calm), 'permanent')
  assert.equal(fs.descriptors, 0, 'refused')
})

test('a file that is shorter than it was when it was opened is told, not served short', async () => {
  const { fs, blobs, file } = await startWith(bytesOf(buffer))
  const opened = await blobs.open(file, undefined, calm)
  assert.ok(opened !== undefined)
  fs.truncate(pathTo(file), 1000)
  await assertRefused(collect(opened.bytes), 'permanent')
})

test('a file that is shorter than the wanted range is refused when it is opened', async () => {
  const { fs, blobs, file } = await startWith(bytesOf(4 * buffer))
  fs.truncate(pathTo(file), 1000)
  for (const range of [
    { start: 0, end: 4 * buffer - 1 },
    { start: 999, end: 1000 },
    { start: 1000, end: 1000 },
    { start: buffer, end: 2 * buffer },
  ]) {
    await assertRefused(blobs.open(file, range, calm), 'permanent')
  }
  assertBytes(
    await read(blobs, file, { start: 0, end: 999 }),
    bytesOf(4 * buffer).subarray(0, 1000),
    'the rest',
  )
  assert.equal(fs.descriptors, 0)
})

test('a file that becomes shorter while it is read is told after the bytes that it had', async () => {
  const content = bytesOf(8 * buffer)
  for (const range of [undefined, { start: 100, end: 7 * buffer }]) {
    for (const left of [0, 3 * buffer, 5 * buffer + 7]) {
      const { fs, blobs, file } = await startWith(content)
      const opened = await blobs.open(file, range, calm)
      assert.ok(opened !== undefined)
      const received: Uint8Array[] = []
      const reading = async (): Promise<void> => {
        for await (const chunk of opened.bytes) {
          received.push(Uint8Array.from(chunk))
          fs.truncate(pathTo(file), left)
        }
      }
      await assertRefused(reading(), 'permanent')
      const bytes = joined(...received)
      const start = range?.start ?? 0
      assertBytes(bytes, content.subarray(start, start + bytes.length), `before the end at ${left}`)
      assert.ok(received.length > 0 && bytes.length <= Math.max(left, 2 * buffer))
      assert.equal(fs.descriptors, 0)
    }
  }
})

test('a name that this store never gave reaches no path', async () => {
  const { fs, blobs, file } = await startWith(bytesOf(10))
  const before = fs.done.length
  const foreign = [
    '',
    '..',
    '../../../etc/passwd',
    `../${file}`,
    `${file}/`,
    `${file}\0`,
    file.toUpperCase(),
    `${file}0`,
    `/${file.slice(1)}`,
  ]
  for (const name of foreign.filter((text) => text !== file) as FileName[]) {
    await assertRefused(blobs.open(name, undefined, calm), 'name')
    await assertRefused(blobs.length(name), 'name')
    await assertRefused(blobs.remove(name), 'name')
    await assertRefused(
      write(
        { ...blobs, can: blobs.can, name: () => name, append: blobs.append.bind(blobs) } as Blobs,
        bytesOf(1),
      ),
      'name',
    )
  }
  assert.equal(fs.done.length, before)
})
