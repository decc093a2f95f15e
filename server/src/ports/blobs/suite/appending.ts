import assert from 'node:assert/strict'
import {
  assertBytes,
  assertRefused,
  bodyOf,
  bytesOf,
  calm,
  digestOf,
  joined,
  pieceFor,
  read,
  write,
} from './content.ts'
import type { BlobsCase } from './harness.ts'

export const appending: readonly BlobsCase[] = [
  {
    name: 'append creates a file at 0, continues it at its length, and answers the new length',
    check: async ({ blobs }) => {
      const file = blobs.name()
      assert.equal(await blobs.length(file), 0)
      const parts = [pieceFor(blobs, 1000, 1), pieceFor(blobs, 70_001, 2), bytesOf(3, 3)]
      let length = 0
      for (const part of parts) {
        const answer = await blobs.append(file, length, bodyOf(part, 999), calm)
        length += part.length
        assert.deepEqual(answer, { length })
        assert.equal(await blobs.length(file), length)
      }
      assertBytes(await read(blobs, file), joined(...parts), 'the file')
    },
  },
  {
    name: 'append at another offset than the length is refused as offset, reads no body and keeps the file',
    check: async ({ blobs }) => {
      const content = pieceFor(blobs, 5000)
      const file = await write(blobs, content)
      let asked = 0
      async function* unwanted(): AsyncGenerator<Uint8Array> {
        asked += 1
        yield bytesOf(10)
      }
      for (const offset of [0, 1, content.length - 1, content.length + 1]) {
        await assertRefused(blobs.append(file, offset, unwanted(), calm), 'offset')
      }
      await assertRefused(blobs.append(blobs.name(), 1, unwanted(), calm), 'offset')
      assert.equal(asked, 0, 'the body of a refused append was read')
      assertBytes(await read(blobs, file), content, 'the file')
    },
  },
  {
    name: 'an append of nothing changes nothing',
    check: async ({ blobs }) => {
      const content = pieceFor(blobs, 100)
      const file = await write(blobs, content)
      assert.deepEqual(await blobs.append(file, content.length, bodyOf(new Uint8Array(0)), calm), {
        length: content.length,
      })
      async function* emptyChunks(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(0)
        yield bytesOf(2, 9)
        yield new Uint8Array(0)
      }
      assert.deepEqual(await blobs.append(file, content.length, emptyChunks(), calm), {
        length: content.length + 2,
      })
      assertBytes(await read(blobs, file), joined(content, bytesOf(2, 9)), 'the file')
    },
  },
  {
    name: 'a body that fails in the middle fails the append with its own error, and what came before is kept',
    check: async ({ blobs }) => {
      const file = blobs.name()
      const kept = pieceFor(blobs, 300_000)
      const broken = new Error('the client went away')
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield* bodyOf(kept, 65_536)
        throw broken
      }
      await assert.rejects(blobs.append(file, 0, failing(), calm), (error) => error === broken)
      assert.equal(await blobs.length(file), kept.length)
      const rest = bytesOf(4321, 2)
      assert.deepEqual(await blobs.append(file, kept.length, bodyOf(rest), calm), {
        length: kept.length + rest.length,
      })
      const whole = joined(kept, rest)
      assert.deepEqual(await blobs.seal(file, digestOf(whole), calm), { length: whole.length })
      assertBytes(await read(blobs, file), whole, 'the file')
    },
  },
  {
    name: 'an abort ends an append at once, even while the body brings nothing, and what came before is kept',
    check: async ({ blobs }) => {
      const file = blobs.name()
      const kept = pieceFor(blobs, 200_000)
      const stop = new AbortController()
      const reason = new Error('the process stops')
      const stuck = stuckBody(kept, () => stop.abort(reason))
      await assert.rejects(blobs.append(file, 0, stuck.body, stop.signal), (error) => error === reason)
      assert.equal(stuck.dismissed(), true, 'the body was not told that it is no longer wanted')
      assert.equal(await blobs.length(file), kept.length)
      assertBytes(await read(blobs, file), kept, 'the file')
    },
  },
  {
    name: 'an append whose signal has aborted before writes nothing',
    check: async ({ blobs }) => {
      const file = blobs.name()
      const reason = new Error('too late')
      const append = blobs.append(file, 0, bodyOf(bytesOf(10)), AbortSignal.abort(reason))
      await assert.rejects(append, (error) => error === reason)
      assert.equal(await blobs.length(file), 0)
    },
  },
  {
    name: 'an upload is resumed at its length after the engine was opened again',
    check: async ({ blobs, reopen }) => {
      const [first, second] = [pieceFor(blobs, 123_456, 1), bytesOf(65_537, 2)]
      const file = await write(blobs, first)
      const again = await reopen()
      assert.equal(await again.length(file), first.length)
      await assertRefused(again.append(file, 0, bodyOf(second), calm), 'offset')
      await again.append(file, first.length, bodyOf(second, 1000), calm)
      const whole = joined(first, second)
      assert.deepEqual(await again.seal(file, digestOf(whole), calm), { length: whole.length })
      assertBytes(await read(again, file), whole, 'the file')
    },
  },
  {
    name: 'a producer may use its buffer again as soon as it is asked for the next chunk',
    check: async ({ blobs }) => {
      const content = bytesOf(1_500_000)
      const buffer = new Uint8Array(100_000)
      async function* reusing(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < content.length; at += buffer.length) {
          const part = content.subarray(at, at + buffer.length)
          buffer.set(part)
          yield buffer.subarray(0, part.length)
          buffer.fill(0xee)
        }
      }
      const file = blobs.name()
      await blobs.append(file, 0, reusing(), calm)
      await blobs.seal(file, digestOf(content), calm)
      assertBytes(await read(blobs, file), content, 'the file')
    },
  },
  {
    name: 'a body is read no faster than it is written',
    check: async ({ blobs }) => {
      const chunk = bytesOf(65_536)
      const chunks = 256
      const bound = Math.max(8_388_608, 4 * blobs.can.minAppend)
      const file = blobs.name()
      let ahead = 0
      async function* watched(): AsyncGenerator<Uint8Array> {
        for (let sent = 1; sent <= chunks; sent += 1) {
          yield chunk
          if (sent % 16 === 0) ahead = Math.max(ahead, sent * chunk.length - (await blobs.length(file)))
        }
      }
      assert.deepEqual(await blobs.append(file, 0, watched(), calm), { length: chunks * chunk.length })
      assert.ok(ahead <= bound, `${ahead} bytes were read and not written; the bound is ${bound}`)
    },
  },
  {
    name: 'appends to different files run side by side',
    check: async ({ blobs }) => {
      const contents = Array.from({ length: 8 }, (_, n) => bytesOf(200_000 + n, n + 1))
      const together = barrier(contents.length)
      const files = await Promise.all(
        contents.map(async (content) => {
          const file = blobs.name()
          async function* meeting(): AsyncGenerator<Uint8Array> {
            yield content.subarray(0, 100_000)
            // Nobody passes before all have come: an engine that lets one append wait for another never ends.
            await together()
            yield content.subarray(100_000)
          }
          await blobs.append(file, 0, meeting(), calm)
          await blobs.seal(file, digestOf(content), calm)
          return file
        }),
      )
      for (const [n, content] of contents.entries()) {
        const file = files[n]
        assert.ok(file !== undefined)
        assertBytes(await read(blobs, file), content, `file ${n}`)
      }
    },
  },
]

interface StuckBody {
  readonly body: AsyncIterable<Uint8Array>
  dismissed(): boolean
}

/** Brings `content`, calls `stuck` when it is asked for more, and then never answers. */
function stuckBody(content: Uint8Array, stuck: () => void): StuckBody {
  let dismissed = false
  let brought = false
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        if (!brought) {
          brought = true
          return Promise.resolve({ done: false, value: content })
        }
        queueMicrotask(stuck)
        return new Promise<never>(() => undefined)
      },
      return: () => {
        dismissed = true
        return Promise.resolve({ done: true, value: undefined })
      },
    }),
  }
  return { body, dismissed: () => dismissed }
}

/** Resolves for everyone when `count` have come. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let missing = count
  return () => {
    missing -= 1
    if (missing === 0) resolve()
    return promise
  }
}
