import type { Blobs } from '../../ports/blobs/blobs.ts'
import { flagIn, invalid, membersOf, oneOf, textIn } from '../read/given.ts'

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
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  /** The bucket's name is in the path and not in the host, as most servers that are not Amazon's want it. */
  readonly pathStyle?: boolean
  /** What the server is asked to encrypt by. */
  readonly sse?: { readonly mode: 'AES256' | 'aws:kms'; readonly kmsKeyId?: string }
  /** PEM of the authorities that are trusted, instead of those of the machine. */
  readonly ca?: string
  /** Of the parts in which bytes go, 5 MiB or more. */
  readonly partBytes?: number
}

/**
 * Large content in an S3 bucket, which any number of processes may share.
 * @throws BlobsError where it cannot be used
 * @throws ValidationError for what is no option, or cannot be its value
 */
export async function openS3Blobs(options: S3BlobsOptions): Promise<Blobs> {
  const given = optionsIn(options)
  const [opening, { systemClock: clock }, { cryptoRandom: random }] = await Promise.all([
    import('../../adapters/blobs/s3/open-s3-blobs.ts'),
    import('../../adapters/clock/system/system-clock.ts'),
    import('../../adapters/random/crypto/crypto-random.ts'),
  ])
  const { region = 'us-east-1', pathStyle = false, ...rest } = given
  return await opening.openS3Blobs({ ...rest, region, pathStyle, redirect: false, clock, random })
}

const texts = ['bucket', 'endpoint', 'region', 'prefix', 'ca'] as const
const names = [...texts, 'credentials', 'pathStyle', 'sse', 'partBytes'] as const
const longestText = 4_096
const longestAuthorities = 1024 * 1024

/** @throws ValidationError */
function optionsIn(options: unknown): S3BlobsOptions {
  const given = membersOf(options, { field: '', as: 'options' }, names)
  const { credentials, pathStyle, sse, partBytes } = given
  const most = (name: string): number => (name === 'ca' ? longestAuthorities : longestText)
  const said = texts.filter((name) => given[name] !== undefined)
  const read = Object.fromEntries(said.map((name) => [name, textIn(given[name], name, most(name))]))
  return {
    ...read,
    bucket: textIn(given.bucket, 'bucket', longestText),
    ...(credentials !== undefined && { credentials: credentialsIn(credentials) }),
    ...(pathStyle !== undefined && { pathStyle: flagIn(pathStyle, 'pathStyle') }),
    ...(sse !== undefined && { sse: encryptionIn(sse) }),
    ...(partBytes !== undefined && { partBytes: bytesOfPartIn(partBytes) }),
  }
}

function credentialsIn(given: unknown): NonNullable<S3BlobsOptions['credentials']> {
  const field = 'credentials'
  const parts = ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const
  const { accessKeyId, secretAccessKey, sessionToken } = membersOf(given, { field, as: field }, parts)
  return {
    accessKeyId: textIn(accessKeyId, `${field}.accessKeyId`, longestText),
    secretAccessKey: textIn(secretAccessKey, `${field}.secretAccessKey`, longestText),
    ...(sessionToken !== undefined && {
      sessionToken: textIn(sessionToken, `${field}.sessionToken`, longestText),
    }),
  }
}

function encryptionIn(given: unknown): NonNullable<S3BlobsOptions['sse']> {
  const { mode, kmsKeyId } = membersOf(given, { field: 'sse', as: 'sse' }, ['mode', 'kmsKeyId'])
  return {
    mode: oneOf(mode, 'sse.mode', ['AES256', 'aws:kms']),
    ...(kmsKeyId !== undefined && { kmsKeyId: textIn(kmsKeyId, 'sse.kmsKeyId', longestText) }),
  }
}

/** As S3 takes them. */
const leastPart = 5 * 1024 * 1024
const mostPart = 5 * 1024 * 1024 * 1024

function bytesOfPartIn(value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= leastPart && Number(value) <= mostPart)
    return Number(value)
  throw invalid('partBytes', 'it is no whole number of 5 MiB to 5 GiB')
}
