import type { Blobs } from '../../ports/blobs/blobs.ts'

/** Where the bucket is, and who comes. What is not said is as in the settings `blobs.*` of a server. */
export interface S3BlobsOptions {
  readonly bucket: string
  /** Where S3 is; Amazon's own where it is not given. */
  readonly endpoint?: string
  /** `us-east-1` where nothing is said. */
  readonly region?: string
  /** What every key begins with, such as `lading/`. */
  readonly prefix?: string
  /** Without them the usual places are asked: the environment, a profile, the machine's role. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** The bucket's name is in the path and not in the host, as most servers that are not Amazon's want it. */
  readonly pathStyle?: boolean
  /** What the server is asked to encrypt by. */
  readonly sse?: { readonly mode: 'AES256' | 'aws:kms'; readonly kmsKeyId?: string }
  /** PEM of the authorities that are trusted, instead of those of the machine. */
  readonly ca?: string
  /** Of the parts in which bytes go, 5 MiB or more. */
  readonly partBytes?: number
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
