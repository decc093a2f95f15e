import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { S3BlobsOptions } from '../adapters/blobs/s3/open-s3-blobs.ts'
import type { Config } from '../config/config.ts'
import type { Blobs } from '../ports/blobs/blobs.ts'
import type { Clock } from '../ports/clock/clock.ts'
import type { Random } from '../ports/random/random.ts'
import type { Metering } from '../ports/telemetry/telemetry.ts'
import { instrumentFileSystem } from './instrument/instrument-blobs.ts'
import { loadEngine } from './load-engine.ts'

export interface BlobParts {
  readonly clock: Clock
  readonly random: Random
  readonly telemetry?: Metering
  /** Of UnflushableFiles, where threads of a process share a folder. */
  readonly unflushable?: SharedArrayBuffer
}

/** By the configuration. @throws BlobsError, and what the file system says */
export async function openBlobs(config: Config, parts: BlobParts): Promise<Blobs> {
  const { clock, random, telemetry, unflushable } = parts
  const { blobs, data, limits } = config
  if (blobs.bucket !== undefined) {
    const { openS3Blobs } = await loadEngine(() => import('../adapters/blobs/s3/open-s3-blobs.ts'))
    const options = { ...s3Options(config, blobs.bucket), clock, random }
    return await openS3Blobs({ ...options, ...(telemetry !== undefined && { telemetry }) })
  }
  const [{ openFolderBlobs }, { realFileSystem }] = await Promise.all([
    import('../adapters/blobs/folder/open-folder-blobs.ts'),
    import('../adapters/blobs/folder/file-system.ts'),
  ])
  return await openFolderBlobs({
    folder: join(data, 'blobs'),
    clock,
    random,
    ...(telemetry !== undefined && { fs: instrumentFileSystem(realFileSystem, telemetry) }),
    ...(unflushable !== undefined && { unflushable }),
    writeBytes: limits.uploadBufferBytes,
    readBytes: limits.downloadBufferBytes,
  })
}

export function s3Options(
  { blobs, limits }: Config,
  bucket: string,
): Omit<S3BlobsOptions, 'clock' | 'random' | 'telemetry'> {
  const { endpoint, region, prefix, pathStyle, accessKeyId, secretAccessKey, ca } = blobs
  const { redirect, redirectEndpoint, encryption, kmsKeyId, timeout, attempts, partBytes } = blobs
  return {
    bucket,
    region,
    prefix,
    pathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    redirect,
    ...(redirectEndpoint !== undefined && { redirectEndpoint }),
    ...(encryption !== 'none' && { sse: { mode: encryption, ...(kmsKeyId !== undefined && { kmsKeyId }) } }),
    ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }),
    partBytes,
    waits: { requestMs: timeout, attempts },
    writeBytes: limits.uploadBufferBytes,
    readBytes: limits.downloadBufferBytes,
  }
}
