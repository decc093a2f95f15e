import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { readBuffer, writeBuffer } from '../../../../src/adapters/blobs/folder/buffers.ts'
import type { Blobs, FileName } from '../../../../src/ports/blobs/blobs.ts'
import type { BlobsErrorKind } from '../../../../src/ports/blobs/errors.ts'
import {
  assertBytes,
  assertRefused,
  bodyOf,
  bytesOf,
  calm,
  digestOf,
  joined,
  read,
  write,
  writeSealed,
} from '../../../../src/ports/blobs/suite/content.ts'
import { blobsContract } from '../../../../src/ports/blobs/suite.ts'
import { type Operation, systemError, VolatileFileSystem } from './volatile-file-system.ts'
import { openOver, preparedFolders, volatileHarness } from './volatile-harness.ts'

for (const { name, run } of blobsContract(volatileHarness({ atMost: 100_003 }))) {
  test(`where reads and writes move less than they were asked to: ${name}`, run)
}

for (const noDirect of ['open', 'write'] as const) {
  for (const { name, run } of blobsContract(volatileHarness({ noDirect }))) {
    test(`where ${noDirect} refuses what goes past the cache: ${name}`, run)
  }
}

for (const { name, run } of blobsContract(volatileHarness({}, { writeBytes: 0, readBytes: 0 }))) {
  test(`without a buffer: ${name}`, run)
}

async function start(): Promise<{ fs: VolatileFileSystem; blobs: Blobs }> {
  const fs = new VolatileFileSystem({ folders: preparedFolders })
  return { fs, blobs: await openOver(fs) }
}

function failing(fs: VolatileFileSystem, operation: Operation, code: string): void {
  fs.before = (next) => {
    if (next.operation === operation) throw systemError(code, next.path)
  }
}

test('a full disk refuses an append as full and gets back what it brought; the upload goes on later', async () => {
  const { fs, blobs } = await start()
  const content = bytesOf(3_000_000)
  const before = 700_000
  const file = await write(blobs, content.subarray(0, before))
  let writes = 0
  fs.before = ({ operation, path }) => {
    if (operation !== 'write') return
    writes += 1
    if (writes === 3) throw systemError('ENOSPC', path)
  }
  await assertRefused(blobs.append(file, before, bodyOf(content.subarray(before), 65_536), calm), 'full')
  assert.equal(writes, 3, 'something was written behind the write that failed')
  assert.equal(await blobs.length(file), before)
  assertBytes(await read(blobs, file), content.subarray(0, before), 'what was kept')
  fs.before = () => undefined
  await blobs.append(file, before, bodyOf(content.subarray(before), 65_536), calm)
  await blobs.seal(file, digestOf(content), calm)
  assertBytes(await read(blobs, file), content, 'the file')
  assert.equal(fs.descriptors, 0)
})

test('where the disk does not even give back what an append brought, that much counts as kept', async () => {
  const fs = new VolatileFileSystem({ atMost: 1000 })
  const blobs = await openOver(fs)
  const content = bytesOf(10_000)
  const file = blobs.name()
  let writes = 0
  fs.before = ({ operation, path }) => {
    if (operation === 'truncate') throw systemError('EIO', path)
    if (operation !== 'write') return
    writes += 1
    if (writes === 4) throw systemError('ENOSPC', path)
  }
  await assertRefused(blobs.append(file, 0, bodyOf(content), calm), 'full')
  assert.equal(await blobs.length(file), 3000)
  fs.before = () => undefined
  await blobs.append(file, 3000, bodyOf(content.subarray(3000)), calm)
  await blobs.seal(file, digestOf(content), calm)
})

const kinds: Readonly<Record<string, BlobsErrorKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EIO: 'permanent',
  ENOTDIR: 'permanent',
  EMFILE: 'transient',
  ENFILE: 'transient',
  EBUSY: 'transient',
}

const calls: readonly {
  readonly name: string
  readonly operations: readonly Operation[]
  call(blobs: Blobs, sealed: FileName, unsealed: FileName): Promise<unknown>
}[] = [
  {
    name: 'append',
    operations: ['stat', 'open', 'write', 'close'],
    call: (blobs, _, unsealed) => blobs.append(unsealed, 1000, bodyOf(bytesOf(5)), calm),
  },
  {
    name: 'seal',
    operations: ['open', 'stat', 'read', 'chmod', 'sync', 'close'],
    call: (blobs, _, unsealed) => blobs.seal(unsealed, digestOf(bytesOf(1000), 'sha512'), calm),
  },
  {
    name: 'open',
    operations: ['open', 'stat', 'read'],
    call: (blobs, sealed) => read(blobs, sealed),
  },
  { name: 'length', operations: ['stat'], call: (blobs, sealed) => blobs.length(sealed) },
  { name: 'remove', operations: ['unlink'], call: (blobs, sealed) => blobs.remove(sealed) },
  {
    name: 'probe',
    operations: ['open', 'write', 'sync', 'close', 'unlink'],
    call: async (blobs) => blobs.probe?.(),
  },
  { name: 'freeBytes', operations: ['freeBytes'], call: async (blobs) => blobs.freeBytes?.() },
  {
    name: 'list',
    operations: ['readdir', 'stat'],
    call: async (blobs) => {
      for await (const one of blobs.list()) assert.equal(one.length, 1000)
    },
  },
]

for (const { name, operations, call } of calls) {
  for (const operation of operations) {
    test(`a failing ${operation} is told by ${name} in the port's words`, async () => {
      for (const [code, kind] of Object.entries(kinds)) {
        const { fs, blobs } = await start()
        const [sealed, unsealed] = [
          await writeSealed(blobs, bytesOf(1000)),
          await write(blobs, bytesOf(1000)),
        ]
        failing(fs, operation, code)
        await assertRefused(call(blobs, sealed, unsealed), kind)
        if (operation !== 'close') assert.equal(fs.descriptors, 0)
      }
    })
  }
}

test('a folder that cannot be made or flushed is told at the start', async () => {
  for (const operation of ['mkdir', 'readdir', 'sync'] as const) {
    const fs = new VolatileFileSystem()
    failing(fs, operation, 'EROFS')
    await assertRefused(openOver(fs), 'denied')
  }
})

test('a probe is never listed, and leaves nothing; one that a crash has left is no hindrance', async () => {
  const { fs, blobs } = await start()
  const listed: FileName[] = []
  fs.before = async ({ operation }) => {
    if (operation !== 'sync') return
    for await (const { file } of blobs.list()) listed.push(file)
  }
  await blobs.probe?.()
  assert.deepEqual(listed, [])
  assert.deepEqual([fs.count('write'), fs.count('unlink'), fs.descriptors], [1, 1, 0])
  failing(fs, 'unlink', 'EIO')
  await assertRefused(blobs.probe?.() as Promise<void>, 'permanent')
  fs.before = () => undefined
  await blobs.probe?.()
})

test('while a write is stuck, the body is asked for no more than the buffers hold', async () => {
  const { fs, blobs } = await start()
  const released = Promise.withResolvers<void>()
  fs.before = async ({ operation }) => {
    if (operation === 'write') await released.promise
  }
  let asked = 0
  const chunk = bytesOf(65_536)
  async function* body(): AsyncGenerator<Uint8Array> {
    for (asked = 1; asked <= 64; asked += 1) yield chunk
  }
  const append = blobs.append(blobs.name(), 0, body(), calm)
  for (let n = 0; n < 500; n += 1) await turn()
  assert.equal(asked, (2 * writeBuffer) / chunk.length, 'more than two buffers')
  released.resolve()
  assert.deepEqual(await append, { length: 64 * chunk.length })
})

test('an append that is aborted answers only when its last write has returned', async () => {
  const { fs, blobs } = await start()
  const file = blobs.name()
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  fs.before = async ({ operation }) => {
    if (operation !== 'write') return
    reached.resolve()
    await released.promise
  }
  const stop = new AbortController()
  const content = bytesOf(writeBuffer + 100_000)
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* bodyOf(content, 65_536)
    await new Promise<never>(() => undefined)
  }
  let answered = false
  const append = blobs.append(file, 0, body(), stop.signal).finally(() => {
    answered = true
  })
  append.catch(() => undefined)
  await reached.promise
  // The body brings the rest, which waits behind the write that is stuck.
  for (let n = 0; n < 50; n += 1) await turn()
  const reason = new Error('the client went away')
  stop.abort(reason)
  for (let n = 0; n < 50; n += 1) await turn()
  assert.equal(answered, false, 'the row would be given back while bytes are still on their way')
  await assertRefused(blobs.append(file, 0, bodyOf(content), calm), 'transient')
  await assertRefused(blobs.seal(file, digestOf(content), calm), 'transient')
  released.resolve()
  await assert.rejects(append, (error) => error === reason)
  assertBytes(await read(blobs, file), content, 'what was kept')
  assert.equal(fs.descriptors, 0)
})

test('bytes that this process wrote in order are not read again for sha256; all others are', async () => {
  const { fs, blobs } = await start()
  const parts = [bytesOf(readBuffer + 100_000, 1), bytesOf(5, 2)] as const
  const whole = joined(...parts)
  const writeBoth = async (): Promise<FileName> => {
    const file = await write(blobs, parts[0])
    await blobs.append(file, parts[0].length, bodyOf(parts[1]), calm)
    return file
  }
  const file = await writeBoth()
  await blobs.seal(file, digestOf(whole), calm)
  assert.equal(fs.count('read'), 0)
  await blobs.seal(file, digestOf(whole), calm)
  assert.equal(fs.count('read'), 2, 'a repeated seal reads')
  await blobs.seal(await writeBoth(), digestOf(whole, 'sha512'), calm)
  assert.equal(fs.count('read'), 4)
  const left = await writeBoth()
  await blobs.close()
  await (await openOver(fs)).seal(left, digestOf(whole), calm)
  assert.equal(fs.count('read'), 6)
})
