import assert from 'node:assert/strict'
import type { Blobs, FileName } from '../blobs.ts'
import { BlobsError } from '../errors.ts'
import { assertBytes, bodyOf, bytesOf, calm, digestOf, read, write, writeSealed } from './content.ts'
import type { BlobsCase } from './harness.ts'

export const keeping: readonly BlobsCase[] = [
  {
    name: 'a name is never given twice, also after the engine was opened again, and creates nothing',
    check: async ({ blobs, reopen }) => {
      const names = Array.from({ length: 5000 }, () => blobs.name())
      assert.deepEqual(await listed(blobs), [])
      const again = await reopen()
      names.push(...Array.from({ length: 5000 }, () => again.name()))
      assert.equal(new Set(names).size, 10_000)
    },
  },
  {
    name: 'list answers every file, sealed or not, in the order of names, with its length',
    check: async ({ blobs, reopen }) => {
      const files: { file: FileName; length: number }[] = []
      for (const length of [0, 1, 70_000, 5, 9, 3, 8, 2, 11, 12, 4, 6]) {
        const content = bytesOf(length)
        const file = length % 2 === 0 ? await writeSealed(blobs, content) : await write(blobs, content)
        files.push({ file, length })
      }
      // Written in another order than that of names: an engine that lists as it was told fails.
      await blobs.remove(files[3]?.file as FileName)
      files.splice(3, 1)
      const unused = [blobs.name(), blobs.name()].reverse()
      for (const file of unused) {
        await blobs.append(file, 0, bodyOf(bytesOf(7)), calm)
        files.push({ file, length: 7 })
      }
      files.sort((a, b) => (a.file < b.file ? -1 : 1))
      assert.deepEqual(await listed(blobs), files)
      assert.deepEqual(await listed(await reopen()), files)
    },
  },
  {
    name: 'list goes on after a name, whether or not there is still a file of that name',
    check: async ({ blobs }) => {
      for (let n = 0; n < 12; n += 1) await write(blobs, bytesOf(n))
      const all = await listed(blobs)
      assert.equal(all.length, 12)
      for (const [n, { file }] of all.entries()) {
        assert.deepEqual(await listed(blobs, file), all.slice(n + 1))
      }
      const [, , third] = all
      assert.ok(third !== undefined)
      await blobs.remove(third.file)
      assert.deepEqual(await listed(blobs, third.file), all.slice(3))
    },
  },
  {
    name: 'a listing may be given up',
    check: async ({ blobs }) => {
      for (let n = 0; n < 3; n += 1) await write(blobs, bytesOf(1))
      for await (const { length } of blobs.list()) {
        assert.equal(length, 1)
        break
      }
      assert.equal((await listed(blobs)).length, 3)
    },
  },
  {
    name: 'remove takes one file, sealed or not or missing, and may be repeated',
    check: async ({ blobs, reopen }) => {
      const content = bytesOf(2000)
      const [sealed, unsealed, other] = [
        await writeSealed(blobs, content),
        await write(blobs, content),
        await writeSealed(blobs, content),
      ]
      for (const file of [sealed, unsealed, sealed, unsealed, blobs.name()]) await blobs.remove(file)
      for (const file of [sealed, unsealed]) {
        assert.equal(await blobs.open(file, undefined, calm), undefined)
        assert.equal(await blobs.length(file), 0)
      }
      const left = [{ file: other, length: 2000 }]
      assert.deepEqual(await listed(blobs), left)
      const again = await reopen()
      assert.deepEqual(await listed(again), left)
      assertBytes(await read(again, other), content, 'the file that stays')
    },
  },
  {
    name: 'close waits for an append under way, may be repeated, and later calls throw',
    check: async ({ blobs, reopen }) => {
      const content = bytesOf(100_000)
      const [file, asked] = [blobs.name(), Promise.withResolvers<void>()]
      const gate = Promise.withResolvers<void>()
      async function* waiting(): AsyncGenerator<Uint8Array> {
        yield content.subarray(0, 50_000)
        asked.resolve()
        await gate.promise
        yield content.subarray(50_000)
      }
      const append = blobs.append(file, 0, waiting(), calm)
      await asked.promise
      const order: string[] = []
      const closed = Promise.all([blobs.close(), blobs.close()]).then(() => order.push('closed'))
      const appended = append.then(({ length }) => order.push(`appended ${length}`))
      await assertClosed(blobs, file)
      gate.resolve()
      await Promise.all([closed, appended])
      assert.deepEqual(order, ['appended 100000', 'closed'])
      await blobs.close()
      await assertClosed(blobs, file)
      assertBytes(await read(await reopen(), file), content, 'the file')
    },
  },
]

async function listed(blobs: Blobs, after?: FileName): Promise<{ file: FileName; length: number }[]> {
  const files: { file: FileName; length: number }[] = []
  for await (const { file, length } of blobs.list(after)) files.push({ file, length })
  return files
}

async function assertClosed(blobs: Blobs, file: FileName): Promise<void> {
  const digest = digestOf(new Uint8Array(0))
  assert.throws(() => blobs.name(), BlobsError)
  await assert.rejects(blobs.append(file, 0, bodyOf(new Uint8Array(0)), calm), BlobsError)
  await assert.rejects(blobs.length(file), BlobsError)
  await assert.rejects(blobs.seal(file, digest, calm), BlobsError)
  await assert.rejects(blobs.open(file, undefined, calm), BlobsError)
  await assert.rejects(blobs.remove(file), BlobsError)
  await assert.rejects(listed(blobs), BlobsError)
}
