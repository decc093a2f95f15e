import assert from 'node:assert/strict'
import { flipByte, newMemoryFiles } from '../../../../src/adapters/blobs/memory/memory-files.ts'
import { openMemoryBlobs } from '../../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import type { Blobs } from '../../../../src/ports/blobs/blobs.ts'
import type { BlobsHarness } from '../../../../src/ports/blobs/suite/harness.ts'

/** The suite over the memory engine, or over what `wrap` makes of it. */
export function memoryHarness(wrap: (blobs: Blobs) => Blobs = (blobs) => blobs): BlobsHarness {
  return {
    flips: true,
    start: async () => {
      const files = newMemoryFiles()
      let current = wrap(openMemoryBlobs({ files }))
      return {
        blobs: current,
        reopen: async () => {
          await current.close()
          current = wrap(openMemoryBlobs({ files }))
          return current
        },
        flipByte: async (file, at) => assert.ok(flipByte(files, file, at)),
        [Symbol.asyncDispose]: () => current.close(),
      }
    },
  }
}
