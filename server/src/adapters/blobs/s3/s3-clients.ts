import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { S3BlobsOptions, S3Bounds } from './s3-options.ts'

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** One bucket, reached in two ways, so that readers who take their time never hold up a write. */
export interface S3Clients {
  /** For all but the bytes of files. */
  readonly calls: S3Client
  /** For the bytes of files, whose readers may pause: a quiet connection is no fault of S3. */
  readonly reads: S3Client
  /** For links that are handed to clients; never asked anything. */
  readonly links: S3Client
}

export function makeClients(options: S3BlobsOptions, bounds: S3Bounds): S3Clients {
  const { endpoint, redirectEndpoint = endpoint } = options
  return {
    calls: clientOf(options, { bounds, endpoint, idle: bounds.request, connections: bounds.connections }),
    reads: clientOf(options, { bounds, endpoint, idle: 0, connections: bounds.readers }),
    links: clientOf(options, { bounds, endpoint: redirectEndpoint, idle: 0, connections: 1 }),
  }
}

interface Way {
  readonly bounds: S3Bounds
  readonly endpoint: string | undefined
  /** ms for which a connection may be quiet; 0: for ever. */
  readonly idle: number
  readonly connections: number
}

/**
 * The bytes of files are not hashed once more for the signature: their CRC-32, which S3 compares with what arrived, is among
 * the signed headers. AWS, "Signature Version 4", unsigned payload. It halves what a push costs both sides.
 */
function clientOf(options: S3BlobsOptions, way: Way): S3Client {
  const client = new S3Client(configOf(options, way))
  client.middlewareStack.add(
    (next, context) => (args) => {
      const { request } = args
      if (bytesOfFiles.has(context.commandName ?? '') && hasHeaders(request))
        request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'
      return next(args)
    },
    { step: 'build', name: 'ladingSignsChecksums' },
  )
  return client
}

const bytesOfFiles: ReadonlySet<string> = new Set(['PutObjectCommand', 'UploadPartCommand'])

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request
}

function configOf(options: S3BlobsOptions, { bounds, endpoint, idle, connections }: Way): S3ClientConfig {
  const { region, credentials, pathStyle, ca } = options
  const agent = { keepAlive: true, maxSockets: connections }
  return {
    region,
    forcePathStyle: pathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: bounds.attempts,
    retryMode: 'standard',
    // Each request says itself which checksum goes with it; what is read is verified by its digest.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: silent,
    requestHandler: {
      connectionTimeout: bounds.connect,
      requestTimeout: bounds.request,
      throwOnRequestTimeout: true,
      socketTimeout: idle,
      httpAgent: agent,
      httpsAgent: { ...agent, ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }) },
      logger: silent,
    },
  }
}
