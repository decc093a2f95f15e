import assert from 'node:assert/strict'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  type FileSystem,
  type OpenFile,
  realFileSystem,
} from '../../../../src/adapters/blobs/folder/file-system.ts'
import { openFolderBlobs } from '../../../../src/adapters/blobs/folder/open-folder-blobs.ts'
import { systemClock } from '../../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom } from '../../../../src/adapters/random/crypto/crypto-random.ts'
import type { Digest } from '../../../../src/domain/digest.ts'
import { digestOf } from '../../../../src/domain/digest-of.ts'
import type { Blobs } from '../../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../../src/ports/blobs/errors.ts'

const never = new AbortController().signal

async function* piece(length: number, fill: number): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(length, fill)
}

function open(folder: string, more: { fs?: FileSystem; writeBytes?: number } = {}): Promise<Blobs> {
  const { fs, writeBytes } = more
  return openFolderBlobs({
    folder,
    clock: systemClock,
    random: cryptoRandom,
    hashThread: 'none',
    ...(fs && { fs }),
    ...(writeBytes !== undefined && { writeBytes }),
  })
}

/** A disk whose files end at a length. */
function endingAt(limit: () => number): FileSystem {
  return {
    ...realFileSystem,
    open: async (path, flags, mode) => {
      const handle: OpenFile = await realFileSystem.open(path, flags, mode)
      const write = handle.write.bind(handle)
      return Object.assign(handle, {
        write: async (buffer: Uint8Array, at: number, length: number, position: number) => {
          const fits = limit() - position
          if (fits <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
          return await write(buffer, at, Math.min(length, fits), position)
        },
      })
    },
  }
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-blobs-'))
  try {
    await work(join(folder, 'blobs'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

for (const writeBytes of [undefined, 0]) {
  const how = writeBytes === 0 ? 'when all buffers are out' : 'with buffers'
  test(`a disk that fills up is told as full, ${how}, and no hash of bytes is kept that were not written`, () =>
    inFolder(async (folder) => {
      let limit = Number.POSITIVE_INFINITY
      const blobs = await open(folder, {
        fs: endingAt(() => limit),
        ...(writeBytes !== undefined && { writeBytes }),
      })
      const file = blobs.name()
      await blobs.append(file, 0, piece(65_536, 1), never)
      limit = 65_536 + 30_000
      const failed = await blobs
        .append(file, 65_536, piece(65_536, 2), never)
        .catch((error: unknown) => error)
      assert.ok(failed instanceof BlobsError, String(failed))
      assert.equal(failed.kind, 'full')
      const kept = await blobs.length(file)
      // Another thread of the process, with hashes of its own, goes on with other bytes.
      const other = await open(folder)
      await other.append(file, kept, piece(131_072 - kept, 9), never)
      const unwritten: Digest = digestOf(Buffer.concat([Buffer.alloc(65_536, 1), Buffer.alloc(65_536, 2)]))
      await assert.rejects(blobs.seal(file, unwritten, never), { kind: 'digest' })
      await other.close()
      await blobs.close()
    }))
}

test('a folder that is away is a disk that cannot be reached, and not a file that is gone', () =>
  inFolder(async (folder) => {
    const blobs = await open(folder)
    const file = blobs.name()
    await blobs.append(file, 0, piece(100_000, 1), never)
    await rename(folder, `${folder}-away`)
    await assert.rejects(blobs.open(file, undefined, never), { kind: 'transient', message: /mounted/ })
    await rename(`${folder}-away`, folder)
    await using opened = await blobs.open(file, undefined, never)
    assert.equal(opened?.size, 100_000)
    assert.equal(await blobs.open(blobs.name(), undefined, never), undefined)
    await blobs.close()
  }))
