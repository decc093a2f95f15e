import type { S3BlobsOptions as EngineOptions } from '../../adapters/blobs/s3/s3-options.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'

/** Where the bucket is, and who comes. What is not said is as in the settings `blobs.*` of a server. */
export type S3BlobsOptions = Pick<
  EngineOptions,
  | 'bucket'
  | 'endpoint'
  | 'prefix'
  | 'credentials'
  | 'sse'
  | 'ca'
  | 'waits'
  | 'partBytes'
  | 'writeBytes'
  | 'readBytes'
> & {
  /** `us-east-1` where nothing is said. */
  readonly region?: string
  /** The bucket's name is in the path and not in the host, as most servers that are not Amazon's want it. */
  readonly pathStyle?: boolean
}

/** Large content in an S3 bucket, which any number of processes may share. @throws BlobsError where it cannot be used */
export async function openS3Blobs(options: S3BlobsOptions): Promise<Blobs> {
  const [opening, { systemClock: clock }, { cryptoRandom: random }] = await Promise.all([
    import('../../adapters/blobs/s3/open-s3-blobs.ts'),
    import('../../adapters/clock/system/system-clock.ts'),
    import('../../adapters/random/crypto/crypto-random.ts'),
  ])
  const { region = 'us-east-1', pathStyle = false, ...rest } = options
  return await opening.openS3Blobs({ ...rest, region, pathStyle, redirect: false, clock, random })
}
