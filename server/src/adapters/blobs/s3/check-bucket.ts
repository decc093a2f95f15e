import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { BlobsError, type BlobsErrorKind } from '../../../ports/blobs/errors.ts'
import { listUploads } from './multipart.ts'
import { deleteObject, getObject, putObject } from './objects.ts'
import { faultOf, isConflict, notS3, type S3Fault, told } from './on-s3.ts'
import { bodyOf } from './read-object.ts'
import type { S3BlobsOptions } from './s3-options.ts'
import type { S3State } from './s3-state.ts'

const probeBytes = 16
const calm = new AbortController().signal

/**
 * Does once what will be done again and again, so that what is missing is told now.
 * @returns whether the server takes a write only where its condition holds
 * @throws BlobsError in one sentence that says what to do, without a secret
 */
export async function checkBucket(state: S3State, options: S3BlobsOptions): Promise<boolean> {
  const may = async <T>(right: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask()
    } catch (error) {
      throw explain(error, right, options)
    }
  }
  const { bucket, keys, clients } = state
  await may('s3:ListBucket', async () => {
    const ask = new ListObjectsV2Command({ Bucket: bucket, Prefix: keys.probes, MaxKeys: 1 })
    const { Name, KeyCount, IsTruncated } = await clients.calls.send(ask)
    if ((Name ?? KeyCount ?? IsTruncated) === undefined) throw new NotS3()
  })
  await may('s3:ListBucketMultipartUploads', () => listUploads(state, keys.probes).next())
  const body = state.random.bytes(probeBytes)
  const key = keys.probes + Buffer.from(body).toString('hex')
  const put = { key, body, replaces: undefined }
  await may('s3:PutObject', () => putObject({ ...state, conditions: false }, put))
  try {
    const conditions = await may('s3:PutObject', () => putObject(state, put).then(() => false, isHeld))
    await may('s3:GetObject', async () => bodyOf(await getObject(state, { key }, calm), key).destroy())
    return conditions
  } finally {
    await may('s3:DeleteObject', () => deleteObject(state, key))
  }
}

/** An answer that could be read, and says nothing of what a bucket's list says. */
class NotS3 extends Error {}

/** True: the condition was looked at, and did not hold. False: the server does not know conditions. */
function isHeld(error: unknown): boolean {
  if (isConflict(error)) return true
  if (faultOf(error).status === 501) return false
  throw error
}

function explain(error: unknown, right: string, options: S3BlobsOptions): BlobsError {
  const cause = error instanceof BlobsError && error.cause !== undefined ? error.cause : error
  const sentence = sentenceOf(cause, right, options)
  if (sentence === undefined) return told(`opening the bucket ${options.bucket}`, error)
  return new BlobsError(sentence.kind, sentence.says, { cause })
}

/** What the SDK calls a refusal in which it finds no code. */
const unnamed: ReadonlySet<string> = new Set(['Unknown', 'UnknownError'])

interface Sentence {
  readonly kind: BlobsErrorKind
  readonly says: string
}

function sentenceOf(cause: unknown, right: string, options: S3BlobsOptions): Sentence | undefined {
  const fault = faultOf(cause)
  const where = options.endpoint ?? `Amazon S3 in ${options.region}`
  const denied = (says: string): Sentence => ({ kind: 'denied', says })
  const permanent = (says: string): Sentence => ({ kind: 'permanent', says })
  // S3 gives each refusal of this call a code.
  const isNameless = right === 's3:ListBucket' && unnamed.has(fault.code) && fault.status !== undefined
  if (cause instanceof NotS3 || fault.code === notS3 || isNameless) {
    const kind = (fault.status ?? 0) >= 500 ? 'transient' : 'permanent'
    return { kind, says: `what answers at ${where} does not speak S3: correct blobs.endpoint` }
  }
  switch (fault.code) {
    case 'NoSuchBucket':
    case 'NotFound':
      return permanent(`there is no bucket ${options.bucket} at ${where}: make it, or correct blobs.bucket`)
    case 'InvalidBucketName':
      return permanent(`${options.bucket} is no name of a bucket for ${where}: correct blobs.bucket`)
    case 'InvalidAccessKeyId':
    case 'XAdminUserNotFound':
      return denied(`${where} does not know the access key: correct blobs.accessKeyId`)
    case 'SignatureDoesNotMatch':
      return denied(`the secret is not that of the access key at ${where}: correct blobs.secretAccessKey`)
    case 'ExpiredToken':
    case 'InvalidToken':
      return denied(`the session token for ${where} is not good any more: renew it`)
    case 'CredentialsProviderError':
      return denied(
        `there is no key for ${where}: set blobs.accessKeyId and blobs.secretAccessKey, or one of the SDK's usual places`,
      )
    case 'RequestTimeTooSkewed':
      return denied(`the clock of this machine is not that of ${where}: set the clock right`)
    case 'AccessDenied':
      return denied(`the access key has no right ${right} to the bucket ${options.bucket}: allow it`)
    default:
      return regionSentence(cause, fault, options) ?? networkSentence(fault, where)
  }
}

function regionSentence(
  cause: unknown,
  fault: S3Fault,
  { region, bucket }: S3BlobsOptions,
): Sentence | undefined {
  const { code, status, message } = fault
  const said =
    (cause as { readonly Region?: unknown }).Region ?? /expecting ["']([a-z0-9-]+)["']/.exec(message)?.[1]
  const elsewhere =
    code === 'AuthorizationHeaderMalformed' ||
    code === 'PermanentRedirect' ||
    code === 'IllegalLocationConstraintException' ||
    status === 301
  if (!elsewhere) return undefined
  const right = typeof said === 'string' ? said : 'the one that it is in'
  return {
    kind: 'permanent',
    says: `the bucket ${bucket} is not in the region ${region}: set blobs.region to ${right}`,
  }
}

/** Node's codes: "Common system errors", and those of OpenSSL's verification. */
function networkSentence({ code, status, message }: S3Fault, where: string): Sentence | undefined {
  if (status !== undefined) return undefined
  const passing = (says: string): Sentence => ({ kind: 'transient', says })
  if (code === 'ECONNREFUSED')
    return passing(`nobody listens at ${where}: start it, or correct blobs.endpoint`)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return passing(
      `the host of ${where} has no address (${message}): correct blobs.endpoint, or the name service`,
    )
  if (code === 'TimeoutError' || code === 'ETIMEDOUT')
    return passing(`${where} did not answer in time: see whether it runs and can be reached from here`)
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return { kind: 'permanent', says: `${where} does not speak TLS: correct blobs.endpoint` }
  if (/CERT|SIGNATURE|ISSUER|ALTNAME/.test(code))
    return {
      kind: 'permanent',
      says: `the certificate of ${where} is not trusted (${code}): set blobs.ca, or correct blobs.endpoint`,
    }
  return passing(`${where} cannot be reached: ${message}`)
}
