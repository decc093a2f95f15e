import type { Clock } from '../../../ports/clock/clock.ts'
import type { Random } from '../../../ports/random/random.ts'
import type { Telemetry } from '../../../ports/telemetry/telemetry.ts'
import type { HashThread } from '../shared/hash-thread.ts'

const mebibyte = 1_048_576

/** S3 takes no smaller part but the last: Amazon S3, "Multipart upload limits". */
export const minPartBytes: number = 5 * mebibyte
export const maxPartBytes: number = 5 * 1024 * mebibyte
/** Of one upload: the same. */
const mostParts = 10_000

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** What the server is asked to encrypt by. */
export interface S3Encryption {
  readonly mode: 'AES256' | 'aws:kms'
  /** Of `aws:kms`; the bucket's own where it is not given. */
  readonly kmsKeyId?: string
}

export interface S3Waits {
  /** ms until a connection stands. Default: 5 s. */
  readonly connectMs?: number
  /** ms for which a request, or a body that is read, may stand still. Default: 30 s. */
  readonly requestMs?: number
  /** How often a request is tried, and a body that broke is asked for again without bringing anything. Default: 4. */
  readonly attempts?: number
  /** ms that an upload waits for memory before it is told to come again. Default: 30 s. */
  readonly memoryMs?: number
  /** ms for which a reader asks for nothing, after which its connection goes to another that waits for one. Default: 250. */
  readonly quietMs?: number
}

export interface S3BlobsOptions {
  /** Where S3 is; Amazon's own where it is not given. */
  readonly endpoint?: string
  readonly region: string
  readonly bucket: string
  /** What every key begins with, such as `lading/`. */
  readonly prefix?: string
  /** Without them the SDK looks at its usual places. */
  readonly credentials?: S3Credentials
  /** The bucket's name is in the path and not in the host. */
  readonly pathStyle: boolean
  readonly redirect: boolean
  /** Where clients reach S3, if that is not where this process does. */
  readonly redirectEndpoint?: string
  readonly sse?: S3Encryption
  /** PEM of the authorities that are trusted, instead of those of the machine. */
  readonly ca?: string | readonly string[]
  readonly waits?: S3Waits
  /**
   * Of the parts in which bytes go, 5 MiB or more. Default: 8 MiB. A file has up to 16,000 times as many, or up to 32,000
   * times if `writeBytes` has room for 32 parts.
   */
  readonly partBytes?: number
  /** That a file may have; for servers that take fewer than Amazon's 10,000, which is the default. */
  readonly mostParts?: number
  /** Parts of one upload on their way at a time. Default: 3. */
  readonly partsInFlight?: number
  /** Memory for bytes of all uploads together. Default: 128 MiB, and four parts at the least. */
  readonly writeBytes?: number
  /**
   * Memory for bytes of all readers together, 128 KiB for each connection that is read from: where there are more readers,
   * they take turns, and none waits for its first longer than `requestMs`. Default: 64 MiB.
   */
  readonly readBytes?: number
  /** Memory for ends of files too short for a part, so that they need not be fetched again. Default: 32 MiB. */
  readonly tailBytes?: number
  /** Connections for all but reading. Default: 256. */
  readonly connections?: number
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Pick<Random, 'bytes'>
  readonly telemetry?: Pick<Telemetry, 'warn'>
  /** Absent: a thread of its own for the hashes of large content. `'none'`: the caller's thread hashes all. */
  readonly hashThread?: HashThread | 'none'
}

export interface S3Bounds {
  readonly connect: number
  readonly request: number
  readonly attempts: number
  readonly memoryWait: number
  readonly quiet: number
  readonly partBytes: number
  readonly mostParts: number
  readonly partsInFlight: number
  readonly memoryBytes: number
  readonly tailBytes: number
  readonly connections: number
  readonly readers: number
}

/** Of one connection: what Node and its stream keep of a body before it is asked for. */
const readerBytes = 131_072

/** @throws RangeError where a part is too small or too large for S3 */
export function boundsOf(options: S3BlobsOptions): S3Bounds {
  const { waits = {}, partBytes = 8 * mebibyte } = options
  if (!(partBytes >= minPartBytes && partBytes <= maxPartBytes))
    throw new RangeError(`a part of S3 has 5 MiB to 5 GiB, not ${partBytes} bytes`)
  return {
    connect: waits.connectMs ?? 5_000,
    request: waits.requestMs ?? 30_000,
    attempts: waits.attempts ?? 4,
    memoryWait: waits.memoryMs ?? 30_000,
    quiet: waits.quietMs ?? 250,
    partBytes,
    mostParts: options.mostParts ?? mostParts,
    partsInFlight: options.partsInFlight ?? 3,
    memoryBytes: Math.max(options.writeBytes ?? 128 * mebibyte, 4 * partBytes),
    tailBytes: options.tailBytes ?? 32 * mebibyte,
    connections: options.connections ?? 256,
    readers: Math.max(1, Math.floor((options.readBytes ?? 64 * mebibyte) / readerBytes)),
  }
}
