import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFolderBlobs } from '../../../../src/adapters/blobs/folder/open-folder-blobs.ts'
import type { Blobs, FileName } from '../../../../src/ports/blobs/blobs.ts'
import { bytesOf, write, writeSealed } from '../../../../src/ports/blobs/suite/content.ts'

const random = { bytes: (length: number) => randomBytes(length) }

async function scratch(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lading-folder-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

function open(folder: string, now = 1_767_225_600_000): Promise<Blobs> {
  return openFolderBlobs({ folder, clock: { now: () => now }, random })
}

test('the first start makes the folder, its parents and 256 shards; the next leaves them', async () => {
  await using root = await scratch()
  const folder = join(root.path, 'var', 'lib', 'blobs')
  await (await open(folder)).close()
  const shards = (await readdir(folder)).sort()
  assert.equal(shards.length, 256)
  assert.deepEqual([shards[0], shards[10], shards[255]], ['00', '0a', 'ff'])
  const file = await write(await open(folder), bytesOf(10))
  await rm(join(folder, file.startsWith('ab') ? 'cd' : 'ab'), { recursive: true })
  assert.equal(await (await open(folder)).length(file), 10)
  assert.equal((await readdir(folder)).length, 256)
})

test('a file stands in the shard that its name begins with, and keeps its name for ever', async () => {
  await using root = await scratch()
  const blobs = await open(root.path)
  const file = await write(blobs, bytesOf(10))
  assert.match(file, /^[0-9a-f]{32}$/)
  assert.equal(Number.parseInt(file.slice(2, 14), 16), 1_767_225_600_000)
  const path = join(root.path, file.slice(0, 2), file)
  const { ino } = await stat(path)
  const sealed = await writeSealed(blobs, bytesOf(10))
  const modes = await Promise.all(
    [file, sealed].map(async (name) => (await stat(join(root.path, name.slice(0, 2), name))).mode & 0o222),
  )
  assert.deepEqual(modes, [0o200, 0])
  assert.equal((await stat(path)).ino, ino)
})

test('what is no file of the store is passed over by list', async () => {
  await using root = await scratch()
  const blobs = await open(root.path)
  const file = await write(blobs, bytesOf(10))
  const shard = join(root.path, file.slice(0, 2))
  await writeFile(join(shard, '.DS_Store'), 'x')
  await writeFile(join(shard, `${file}.part`), 'x')
  await writeFile(join(shard, `${file.startsWith('00') ? 'ff' : '00'}${file.slice(2)}`), 'x')
  await mkdir(join(root.path, 'lost+found'))
  const listed: { file: FileName; length: number }[] = []
  for await (const one of blobs.list()) listed.push(one)
  assert.deepEqual(listed, [{ file, length: 10 }])
})
