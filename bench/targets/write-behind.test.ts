import assert from 'node:assert/strict'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshFolder } from '../process/folder.ts'
import { WriteBehind } from './write-behind.ts'

test('all chunks are in the file, in order, however many wait', async () => {
  await using folder = await freshFolder()
  const path = join(folder.path, 'file')
  const chunks = Array.from({ length: 700 }, (_, at) => Buffer.alloc(64 * 1024 + at, at))
  await using handle = await open(path, 'w')
  const behind = new WriteBehind(handle)
  let waited = 0
  for (const chunk of chunks) {
    const full = behind.add(chunk)
    if (full !== undefined) waited += 1
    await full
  }
  await behind.end()
  assert.ok(waited > 0, 'memory is bounded')
  assert.ok((await readFile(path)).equals(Buffer.concat(chunks)))
})

test('a write that fails is told to who ends', async () => {
  await using folder = await freshFolder()
  const path = join(folder.path, 'file')
  await (await open(path, 'w')).close()
  await using handle = await open(path, 'r')
  const behind = new WriteBehind(handle)
  behind.add(Buffer.alloc(1024 * 1024))
  await assert.rejects(behind.end(), { code: 'EBADF' })
})
