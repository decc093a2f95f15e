import { BlobsError, type BlobsErrorKind } from '../../../ports/blobs/errors.ts'

/** What is used of an error of the SDK, or of the network below it. */
export interface S3Fault {
  /** The service's code, such as `NoSuchKey`; the system's, such as `ECONNREFUSED`; or a class. */
  readonly code: string
  /** Undefined: no answer came. */
  readonly status: number | undefined
  readonly message: string
}

const denied: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AllAccessDisabled',
  'CredentialsProviderError',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  // versitygw's words for a key that it does not know.
  'XAdminUserNotFound',
])
const passing: ReadonlySet<string> = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'PreconditionFailed',
  'RequestTimeout',
  'SlowDown',
])
/** Amazon has no such limit; each of the others has its own name for it. */
const full = /quota|storage.?full|no.?space|insufficient.?storage|too.?large/i

export function faultOf(error: unknown): S3Fault {
  if (!(error instanceof Error)) return { code: 'Unknown', status: undefined, message: String(error) }
  const told = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } }
  const code = typeof told.code === 'string' ? told.code : error.name
  const status = told.$metadata?.httpStatusCode
  if (isUnread(error))
    return { code: notS3, status, message: `the answer, of status ${status}, is none of S3` }
  return { code, status, message: error.message || code }
}

/** For a `code`: what answered is something else. */
export const notS3 = 'answer'

/** The SDK could make nothing of an answer, and says so to who has its source at hand. */
function isUnread({ message }: Error): boolean {
  return message.includes('Deserialization error') || message.includes('@aws-sdk XML parse error')
}

/** What is not known to pass by itself is `permanent`; that no answer came passes. */
function kindOf({ code, status }: S3Fault): BlobsErrorKind {
  if (status === 507 || full.test(code)) return 'full'
  if (status === 403 || status === 401 || denied.has(code)) return 'denied'
  if (status === undefined || passing.has(code)) return 'transient'
  if (status === 408 || status === 429 || (status >= 500 && status !== 501)) return 'transient'
  return 'permanent'
}

/** Whether a condition, that an object is there or is not, did not hold; or somebody else writes it at this moment. */
export function isConflict(error: unknown): boolean {
  const { code, status } = faultOf(error)
  return status === 412 || (status === 409 && code === 'ConditionalRequestConflict')
}

export function isMissing(error: unknown): boolean {
  const { code } = faultOf(error)
  return code === 'NoSuchKey' || code === 'NotFound'
}

/** The upload was completed, or aborted, or never was. */
export function isUploadGone(error: unknown): boolean {
  return faultOf(error).code === 'NoSuchUpload'
}

/** Asks S3; what goes wrong is told in the port's words, and an abort by its own reason. */
export async function onS3<T>(doing: string, ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    signal?.throwIfAborted()
    throw told(doing, error)
  }
}

export function told(doing: string, error: unknown): BlobsError {
  if (error instanceof BlobsError) return error
  const fault = faultOf(error)
  const code = fault.message.includes(fault.code) ? '' : `${fault.code}: `
  return new BlobsError(kindOf(fault), `${doing} failed: ${code}${fault.message}`, { cause: error })
}

/** `undefined` where there is no such object. */
export async function ifThere<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
