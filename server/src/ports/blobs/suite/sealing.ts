import assert from 'node:assert/strict'
import { type DigestAlgorithm, digestAlgorithms } from '../../../domain/digest.ts'
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
  writeSealed,
} from './content.ts'
import type { BlobsCase } from './harness.ts'

const algorithms = Object.keys(digestAlgorithms) as DigestAlgorithm[]

const byAlgorithm: readonly BlobsCase[] = algorithms.flatMap((algorithm) => [
  {
    name: `seal verifies ${algorithm} over several appends, and answers the length`,
    check: async ({ blobs }) => {
      const parts = [pieceFor(blobs, 10, 1), pieceFor(blobs, 600_000, 2), bytesOf(77, 3)]
      const file = blobs.name()
      let length = 0
      for (const part of parts) length = (await blobs.append(file, length, bodyOf(part, 65_536), calm)).length
      const whole = joined(...parts)
      assert.deepEqual(await blobs.seal(file, digestOf(whole, algorithm), calm), { length: whole.length })
      assertBytes(await read(blobs, file), whole, 'the file')
    },
  },
  {
    name: `seal verifies ${algorithm} of bytes that an earlier process wrote`,
    check: async ({ blobs, reopen }) => {
      const content = bytesOf(700_001)
      const file = await write(blobs, content)
      const again = await reopen()
      assert.deepEqual(await again.seal(file, digestOf(content, algorithm), calm), { length: content.length })
      assertBytes(await read(again, file), content, 'the file')
    },
  },
  {
    name: `seal refuses another ${algorithm} as digest, each time`,
    check: async ({ blobs }) => {
      const content = bytesOf(5000)
      const other = digestOf(bytesOf(5000, 2), algorithm)
      const file = await write(blobs, content)
      await assertRefused(blobs.seal(file, other, calm), 'digest')
      await assertRefused(blobs.seal(file, other, calm), 'digest')
      await assertRefused(blobs.seal(file, digestOf(content.subarray(0, 4999), algorithm), calm), 'digest')
    },
  },
  {
    name: `a file without a byte is sealed by the ${algorithm} of nothing, and only by that`,
    check: async ({ blobs, reopen }) => {
      const nothing = new Uint8Array(0)
      const file = blobs.name()
      await assertRefused(blobs.seal(file, digestOf(bytesOf(1), algorithm), calm), 'digest')
      const [unwritten, written] = [blobs.name(), blobs.name()]
      await blobs.append(written, 0, bodyOf(nothing), calm)
      for (const empty of [unwritten, written]) {
        assert.deepEqual(await blobs.seal(empty, digestOf(nothing, algorithm), calm), { length: 0 })
        assertBytes(await read(blobs, empty), nothing, 'the file')
      }
      const again = await reopen()
      for (const empty of [unwritten, written]) {
        assertBytes(await read(again, empty), nothing, 'the file after the engine was opened again')
      }
    },
  },
])

export const sealing: readonly BlobsCase[] = [
  ...byAlgorithm,
  {
    name: 'seal may be repeated, with either algorithm, and after the engine was opened again',
    check: async ({ blobs, reopen }) => {
      const content = bytesOf(100_000)
      const file = await writeSealed(blobs, content)
      const again = { length: content.length }
      assert.deepEqual(await blobs.seal(file, digestOf(content), calm), again)
      assert.deepEqual(await blobs.seal(file, digestOf(content, 'sha512'), calm), again)
      const reopened = await reopen()
      assert.deepEqual(await reopened.seal(file, digestOf(content), calm), again)
      assertBytes(await read(reopened, file), content, 'the file')
    },
  },
  {
    name: 'a sealed file is not harmed by a seal with another digest',
    check: async ({ blobs }) => {
      const content = bytesOf(1000)
      const file = await writeSealed(blobs, content)
      await assertRefused(blobs.seal(file, digestOf(bytesOf(1000, 2)), calm), 'digest')
      assertBytes(await read(blobs, file), content, 'the file')
    },
  },
  {
    name: 'a sealed file takes no more bytes, also after the engine was opened again',
    check: async ({ blobs, reopen }) => {
      const content = pieceFor(blobs, 1000)
      const file = await writeSealed(blobs, content)
      const empty = await writeSealed(blobs, new Uint8Array(0))
      await assertRefused(blobs.append(file, content.length, bodyOf(bytesOf(1)), calm), 'sealed')
      await assertRefused(blobs.append(empty, 0, bodyOf(bytesOf(1)), calm), 'sealed')
      const again = await reopen()
      await assertRefused(again.append(file, content.length, bodyOf(bytesOf(1)), calm), 'sealed')
      await assertRefused(again.append(empty, 0, bodyOf(bytesOf(1)), calm), 'sealed')
      assertBytes(await read(again, file), content, 'the file')
    },
  },
  {
    name: 'a seal whose signal has aborted rejects with its reason, and may be repeated',
    check: async ({ blobs, reopen }) => {
      const content = bytesOf(1_200_000)
      const file = await write(blobs, content)
      const reason = new Error('too late')
      // Opened again, so that the engine has to read the file.
      const again = await reopen()
      const aborted = again.seal(file, digestOf(content), AbortSignal.abort(reason))
      await assert.rejects(aborted, (error) => error === reason)
      assert.deepEqual(await again.seal(file, digestOf(content), calm), { length: content.length })
    },
  },
  {
    name: 'seal sees that a byte changed where it was stored after the process that wrote it ended',
    flips: true,
    check: async ({ blobs, reopen, flipByte }) => {
      const content = bytesOf(900_000)
      const [first, last] = [await write(blobs, content), await write(blobs, content)]
      const again = await reopen()
      await flipByte(first, 0)
      await flipByte(last, content.length - 1)
      for (const file of [first, last]) {
        await assertRefused(again.seal(file, digestOf(content), calm), 'digest')
      }
    },
  },
  {
    name: 'a changed byte of a file that was written and continued by two processes is seen',
    flips: true,
    check: async ({ blobs, reopen, flipByte }) => {
      const [first, second] = [pieceFor(blobs, 5000, 1), bytesOf(6000, 2)]
      const file = await write(blobs, first)
      const again = await reopen()
      await flipByte(file, 4000)
      await again.append(file, first.length, bodyOf(second), calm)
      await assertRefused(again.seal(file, digestOf(joined(first, second)), calm), 'digest')
    },
  },
]
