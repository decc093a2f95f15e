import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { UnflushableFiles } from '../../../../src/adapters/blobs/folder/unflushable-files.ts'
import { newFileName } from '../../../../src/adapters/blobs/shared/new-file-name.ts'

const name = (): ReturnType<typeof newFileName> => newFileName(Date.now(), (bytes) => randomBytes(bytes))

test('a file of which one thread could not flush is known to those that share the memory, and hardly another', () => {
  const one = new UnflushableFiles()
  const other = new UnflushableFiles(one.shared)
  const failed = Array.from({ length: 100 }, name)
  assert.deepEqual(
    failed.filter((file) => other.has(file)),
    [],
  )
  for (const file of failed) one.add(file)
  assert.deepEqual(
    failed.filter((file) => !other.has(file)),
    [],
  )
  const mistaken = Array.from({ length: 10_000 }, name).filter((file) => other.has(file))
  // One is to be expected.
  assert.ok(mistaken.length < 12, `${mistaken.length} of 10,000`)
})
