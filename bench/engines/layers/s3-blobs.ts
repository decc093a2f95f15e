import { openS3Blobs } from '../../../server/src/adapters/blobs/s3/open-s3-blobs.ts'
import { systemClock as clock } from '../../../server/src/adapters/clock/system/system-clock.ts'
import { cryptoRandom as random } from '../../../server/src/adapters/random/crypto/crypto-random.ts'
import type { Digest } from '../../../server/src/domain/digest.ts'
import type { FileName } from '../../../server/src/ports/blobs/blobs.ts'
import type { S3Place } from '../task.ts'
import type { S3Layer } from './s3-layer.ts'

/** What a connection brings at a time. */
const chunkBytes = 64 * 1024

/** The engine alone, below all that a registry does. It hashes what it is given, which the SDK does not. */
export async function s3BlobsOn(place: S3Place): Promise<S3Layer> {
  const blobs = await openS3Blobs({ ...place, pathStyle: true, redirect: false, clock, random })
  const { signal } = new AbortController()
  return {
    push: async (bytes, digest) => {
      const file = blobs.name()
      await blobs.append(file, 0, chunksOf(bytes), signal)
      await blobs.seal(file, digest as Digest, signal)
      return file
    },
    pull: async (name, take) => {
      await using opened = await blobs.open(name as FileName, undefined, signal)
      if (opened === undefined) throw new Error(`${name} is not there`)
      for await (const chunk of opened.bytes) take(chunk)
    },
    remove: (name) => blobs.remove(name as FileName),
    [Symbol.asyncDispose]: () => blobs.close(),
  }
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}
