import assert from 'node:assert/strict'
import { BlobsError } from '../errors.ts'
import { assertBytes, bodyOf, bytesOf, calm, collect, digestOf, read, write, writeSealed } from './content.ts'
import type { BlobsCase } from './harness.ts'

/** Larger than any engine's buffers, and no multiple of one. */
const large = 2_777_777

export const reading: readonly BlobsCase[] = [
  {
    name: 'large content written in odd pieces is read back whole, now and after the engine was opened again',
    check: async ({ blobs, reopen }) => {
      const content = bytesOf(large)
      const file = blobs.name()
      await blobs.append(file, 0, bodyOf(content, 1, 524_287, 3, 65_536, 1_048_577, 99_991), calm)
      await blobs.seal(file, digestOf(content), calm)
      assertBytes(await read(blobs, file), content, 'the file')
      assertBytes(await read(await reopen(), file), content, 'the file after the engine was opened again')
    },
  },
  {
    name: 'a range is read from its first to its last byte, both included',
    check: async ({ blobs }) => {
      const content = bytesOf(large)
      const file = blobs.name()
      await blobs.append(file, 0, bodyOf(content, 65_536), calm)
      await blobs.seal(file, digestOf(content), calm)
      const last = large - 1
      const edges = [0, 1, 65_535, 65_536, 524_287, 524_288, 524_289, 1_048_576, 2_097_152, last - 1, last]
      for (const start of edges) {
        for (const end of edges.filter((edge) => edge >= start)) {
          const expected = content.subarray(start, end + 1)
          assertBytes(await read(blobs, file, { start, end }), expected, `${start} to ${end}`)
        }
      }
    },
  },
  {
    name: 'an opened file says the size of the whole, whatever range was asked for',
    check: async ({ blobs }) => {
      const file = await writeSealed(blobs, bytesOf(1000))
      for (const range of [undefined, { start: 0, end: 0 }, { start: 10, end: 19 }, { start: 0, end: 999 }]) {
        const opened = await blobs.open(file, range, calm)
        assert.ok(opened !== undefined)
        await using reader = opened
        assert.equal(reader.size, 1000)
      }
    },
  },
  {
    name: 'a range outside the file is refused, never cut short in silence',
    check: async ({ blobs }) => {
      const file = await writeSealed(blobs, bytesOf(1000))
      for (const range of [
        { start: 990, end: 1000 },
        { start: 1000, end: 1000 },
      ]) {
        await assert.rejects(read(blobs, file, range), BlobsError)
      }
    },
  },
  {
    name: 'a missing file is undefined to open, and has length 0',
    check: async ({ blobs }) => {
      const file = blobs.name()
      assert.equal(await blobs.open(file, undefined, calm), undefined)
      assert.equal(await blobs.open(file, { start: 0, end: 0 }, calm), undefined)
      assert.equal(await blobs.length(file), 0)
    },
  },
  {
    name: 'an opened reader outlives the removal of its file',
    check: async ({ blobs }) => {
      const content = bytesOf(large)
      const file = await writeSealed(blobs, content)
      const [whole, begun] = [
        await blobs.open(file, undefined, calm),
        await blobs.open(file, undefined, calm),
      ]
      assert.ok(whole !== undefined && begun !== undefined)
      await using first = whole
      await using second = begun
      const chunks = second.bytes[Symbol.asyncIterator]()
      const start = await chunks.next()
      assert.ok(start.done !== true)
      const head = new Uint8Array(start.value)
      await blobs.remove(file)
      assert.equal(await blobs.open(file, undefined, calm), undefined)
      assertBytes(await collect(first.bytes), content, 'the reader that had not begun')
      const rest = await collect({ [Symbol.asyncIterator]: () => chunks })
      assertBytes(new Uint8Array(Buffer.concat([head, rest])), content, 'the reader that had begun')
    },
  },
  {
    name: 'disposal of a reader may come at any time and twice, and deletes nothing',
    check: async ({ blobs }) => {
      const content = bytesOf(large)
      const file = await writeSealed(blobs, content)
      for (const chunksFirst of [0, 1, 2]) {
        const reader = await blobs.open(file, undefined, calm)
        assert.ok(reader !== undefined)
        const chunks = reader.bytes[Symbol.asyncIterator]()
        for (let n = 0; n < chunksFirst; n += 1) await chunks.next()
        await reader[Symbol.asyncDispose]()
        await reader[Symbol.asyncDispose]()
      }
      assertBytes(await read(blobs, file), content, 'the file')
    },
  },
  {
    name: 'readers of one file do not disturb each other',
    check: async ({ blobs }) => {
      const content = bytesOf(large)
      const file = await writeSealed(blobs, content)
      const starts = Array.from({ length: 8 }, (_, n) => n * 100_003)
      const parts = await Promise.all(starts.map((start) => read(blobs, file, { start, end: large - 1 })))
      for (const [n, start] of starts.entries())
        assertBytes(parts[n], content.subarray(start), `from ${start}`)
    },
  },
  {
    name: 'an abort ends a read with its reason',
    check: async ({ blobs }) => {
      const file = await writeSealed(blobs, bytesOf(large))
      const reason = new Error('the client went away')
      await assert.rejects(
        blobs.open(file, undefined, AbortSignal.abort(reason)),
        (error) => error === reason,
      )
      const stop = new AbortController()
      const opened = await blobs.open(file, undefined, stop.signal)
      assert.ok(opened !== undefined)
      await using reader = opened
      stop.abort(reason)
      await assert.rejects(collect(reader.bytes), (error) => error === reason)
    },
  },
  {
    name: 'a file can be read before it is sealed',
    check: async ({ blobs }) => {
      const content = bytesOf(4000)
      const file = await write(blobs, content)
      assertBytes(await read(blobs, file, { start: 10, end: 3998 }), content.subarray(10, 3999), 'the range')
    },
  },
]
