import assert from 'node:assert/strict'
import { openS3Blobs, type S3BlobsOptions } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import { tailHead } from '../../../src/adapters/blobs/s3/tail-head.ts'
import { systemClock } from '../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom } from '../../../src/adapters/random/crypto/crypto-random.ts'
import type { Blobs, FileName } from '../../../src/ports/blobs/blobs.ts'
import type { BlobsFixture, BlobsHarness } from '../../../src/ports/blobs/suite/harness.ts'
import type { S3Server } from '../../kit/servers/s3-server.ts'

/** The smallest part that S3 takes, so that tests need not move much. */
export const partBytes: number = 5 * 1_048_576

export function optionsOn(
  server: S3Server,
  bucket: string,
  more: Partial<S3BlobsOptions> = {},
): S3BlobsOptions {
  return {
    endpoint: server.endpoint,
    region: server.region,
    credentials: server.credentials,
    bucket,
    prefix: 'some/where/',
    pathStyle: true,
    redirect: false,
    clock: systemClock,
    random: cryptoRandom,
    ...more,
  }
}

/** Every call goes to the other of two engines; how far an append is, only the one knows that runs it. */
export function byTurns(one: Blobs, other: Blobs): Blobs {
  let turn = 0
  let appender = one
  const next = (): Blobs => (turn++ % 2 === 0 ? one : other)
  return {
    can: one.can,
    name: () => next().name(),
    append: (file, offset, body, signal) => {
      appender = next()
      return appender.append(file, offset, body, signal)
    },
    length: (file) => appender.length(file),
    seal: (file, want, signal) => next().seal(file, want, signal),
    open: (file, range, signal) => next().open(file, range, signal),
    remove: (file) => next().remove(file),
    list: (after) => next().list(after),
    claimFor: async (owner) => {
      const blobs = next()
      assert.ok(blobs.claimFor)
      return await blobs.claimFor(owner)
    },
    close: async () => void (await Promise.all([one.close(), other.close()])),
  }
}

/** Over one server that is started before the first case. */
export function s3Harness(
  server: () => S3Server,
  open: (options: S3BlobsOptions) => Promise<Blobs> = openS3Blobs,
): BlobsHarness {
  return {
    flips: true,
    start: async () => {
      const bucket = await server().bucket()
      const opened: Blobs[] = []
      const openOne = async (): Promise<Blobs> => {
        const blobs = await open(optionsOn(server(), bucket))
        opened.push(blobs)
        return blobs
      }
      const blobs = await openOne()
      return {
        blobs,
        reopen: async () => {
          await blobs.close()
          return await openOne()
        },
        flipByte: (file, at) => flip({ server: server(), bucket }, file, at),
        [Symbol.asyncDispose]: async () => {
          for (const each of opened) await each.close()
        },
      } satisfies BlobsFixture
    },
  }
}

/** Where the byte stands now: in the tail, as long as the file has no parts. */
async function flip(
  { server, bucket }: { readonly server: S3Server; readonly bucket: string },
  file: FileName,
  at: number,
): Promise<void> {
  await server.flipByte(bucket, `some/where/tails/${file}`, tailHead + at)
}
