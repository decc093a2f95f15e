import { PassingMap } from '../../../domain/passing-map.ts'
import type { Blobs } from '../../../ports/blobs/blobs.ts'
import { HashThread } from '../shared/hash-thread.ts'
import { LiveHashes } from '../shared/live-hashes.ts'
import { checkBucket } from './check-bucket.ts'
import { KnownFiles } from './known-files.ts'
import { PartMemory } from './part-memory.ts'
import { PartPlan } from './part-plan.ts'
import { ReadPlaces } from './read-places.ts'
import { S3Blobs } from './s3-blobs.ts'
import { makeClients } from './s3-clients.ts'
import { S3Keys } from './s3-keys.ts'
import { boundsOf, type S3BlobsOptions } from './s3-options.ts'
import type { Encryption, S3State } from './s3-state.ts'
import { tailHead } from './tail-head.ts'

export type { S3BlobsOptions } from './s3-options.ts'

/**
 * Blobs as objects of a bucket, which several processes may share. Needs a server that is consistent as Amazon's is: what
 * was written is read and listed at once.
 * @throws BlobsError where the bucket cannot be used, in one sentence that says what to do
 * @throws RangeError where an option is out of its bounds
 */
export async function openS3Blobs(options: S3BlobsOptions): Promise<Blobs> {
  const { hashThread = new HashThread(), telemetry } = options
  const thread = hashThread === 'none' ? undefined : hashThread
  const state = stateOf(options, thread)
  try {
    const conditions = await checkBucket(state, options)
    if (!conditions)
      telemetry?.warn(
        'the server of the bucket ignores conditions of writes: what arrives late there may replace what is newer',
        { bucket: options.bucket },
      )
    return new S3Blobs({ state: { ...state, conditions }, redirect: options.redirect, hashThread: thread })
  } catch (error) {
    state.clients.calls.destroy()
    state.clients.reads.destroy()
    state.clients.links.destroy()
    throw error
  }
}

export function stateOf(options: S3BlobsOptions, thread: HashThread | undefined): S3State {
  const bounds = boundsOf(options)
  const { clock, random, telemetry, bucket, prefix = '' } = options
  return {
    clients: makeClients(options, bounds),
    bucket,
    keys: new S3Keys(prefix),
    bounds,
    encryption: encryptionOf(options),
    conditions: true,
    clock,
    random,
    warn: (message, fields) => telemetry?.warn(message, fields),
    memory: new PartMemory({
      most: bounds.memoryBytes,
      whole: bounds.partBytes + tailHead,
      waitMs: bounds.memoryWait,
    }),
    plan: new PartPlan(bounds),
    readPlaces: new ReadPlaces({ most: bounds.readers, quietMs: bounds.quiet }),
    hashes: new LiveHashes(thread, clock),
    known: new KnownFiles(bounds.tailBytes),
    underWay: new PassingMap(),
  }
}

function encryptionOf({ sse }: S3BlobsOptions): Encryption {
  if (sse === undefined) return {}
  const key = sse.mode === 'aws:kms' ? sse.kmsKeyId : undefined
  return { ServerSideEncryption: sse.mode, ...(key !== undefined && { SSEKMSKeyId: key }) }
}
