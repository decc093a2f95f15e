import { formatUploadRange } from '../../domain/content-range.ts'
import { type ErrorCode, isRegistryError, type RegistryError } from '../../domain/error.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, reportFault } from '../../http/problem.ts'
import { errorHeaders, statusOf } from '../../http/status.ts'
import { answer } from './answer.ts'
import type { Challenge } from './challenge.ts'

/** Distribution spec, "Error Codes". */
export type SpecCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UNSUPPORTED'
  | 'TOOMANYREQUESTS'

/** The spec's codes are for 4xx alone; of a 5xx it says nothing. */
export type WireCode = SpecCode | 'UNAVAILABLE' | 'UNKNOWN'

const wireCodes: { readonly [C in ErrorCode]: WireCode } = {
  'name-invalid': 'NAME_INVALID',
  'name-unknown': 'NAME_UNKNOWN',
  'name-deleted': 'DENIED',
  'tag-invalid': 'MANIFEST_INVALID',
  'reference-invalid': 'MANIFEST_INVALID',
  'digest-invalid': 'DIGEST_INVALID',
  'digest-mismatch': 'DIGEST_INVALID',
  'size-invalid': 'SIZE_INVALID',
  'blob-unknown': 'BLOB_UNKNOWN',
  'blob-in-use': 'DENIED',
  'upload-unknown': 'BLOB_UPLOAD_UNKNOWN',
  'upload-invalid': 'BLOB_UPLOAD_INVALID',
  'upload-range': 'BLOB_UPLOAD_INVALID',
  'upload-busy': 'BLOB_UPLOAD_INVALID',
  'manifest-unknown': 'MANIFEST_UNKNOWN',
  'manifest-invalid': 'MANIFEST_INVALID',
  'manifest-too-large': 'SIZE_INVALID',
  'manifest-too-many-links': 'MANIFEST_INVALID',
  'manifest-reference-unknown': 'MANIFEST_BLOB_UNKNOWN',
  'manifest-in-use': 'DENIED',
  'tag-immutable': 'DENIED',
  'precondition-failed': 'DENIED',
  'range-unsatisfiable': 'SIZE_INVALID',
  'parameter-invalid': 'UNSUPPORTED',
  unauthenticated: 'UNAUTHORIZED',
  denied: 'DENIED',
  'quota-exceeded': 'DENIED',
  unsupported: 'UNSUPPORTED',
  'search-off': 'UNSUPPORTED',
  'method-unsupported': 'UNSUPPORTED',
  'path-unknown': 'UNSUPPORTED',
  'too-large': 'SIZE_INVALID',
  'too-many-requests': 'TOOMANYREQUESTS',
  unavailable: 'UNAVAILABLE',
  'content-damaged': 'UNAVAILABLE',
  'storage-full': 'UNAVAILABLE',
  'unknown-outcome': 'UNKNOWN',
  'artifact-unknown': 'NAME_UNKNOWN',
  'artifact-invalid': 'MANIFEST_INVALID',
  'artifact-exists': 'DENIED',
  'artifact-changed': 'DENIED',
  'version-unknown': 'MANIFEST_UNKNOWN',
  'file-unknown': 'BLOB_UNKNOWN',
  'version-exists': 'DENIED',
  'version-published': 'DENIED',
  'version-draft': 'DENIED',
  'version-yanked': 'DENIED',
  'collection-unknown': 'NAME_UNKNOWN',
  'account-unknown': 'NAME_UNKNOWN',
  'account-exists': 'DENIED',
  'account-invalid': 'DENIED',
  'link-invalid': 'DENIED',
  'workload-refused': 'DENIED',
  'account-in-use': 'DENIED',
  'last-owner': 'DENIED',
  'scan-timeout': 'UNAVAILABLE',
}

export interface Writing {
  readonly report: Report
  /** What who has not said who they are, or not rightly, is asked for. */
  readonly challenge: Challenge
}

interface WireError {
  readonly code: WireCode
  readonly message: string
  readonly detail?: unknown
}

/** The one writer of errors. What is the server's fault is reported; what is not a RegistryError is shown by its request id. */
export function sendError(exchange: Exchange, error: unknown, { report, challenge }: Writing): void {
  reportFault(exchange, error, report)
  if (isRegistryError(error)) {
    const own = isRegistryError(error, 'unauthenticated')
      ? ['WWW-Authenticate', challenge(exchange, error)]
      : errorHeaders(error)
    const headers = [...own, ...whereToContinue(exchange, error)]
    write(exchange, statusOf(error.code), headers, wireErrors(error, exchange))
    return
  }
  const detail = { requestId: exchange.requestId }
  write(exchange, 500, [], [{ code: 'UNKNOWN', message: 'Lading failed to answer', detail }])
}

/** The path is none of the protocol's endpoints. */
export function sendUnknownPath(exchange: Exchange): void {
  const detail = { path: exchange.path }
  write(exchange, 404, [], [{ code: 'UNSUPPORTED', message: 'there is no such endpoint', detail }])
}

/** "Push": content that is missing is named by one error or more. */
function wireErrors(error: RegistryError, exchange: Exchange): WireError[] {
  const { message } = error
  const code = wireCodes[error.code]
  return isRegistryError(error, 'manifest-reference-unknown')
    ? error.data.digests.map((digest) => ({ code, message, detail: { digest } }))
    : [{ code, message, ...detailOf(error, exchange) }]
}

/** What the message does not say already: clients print both. A refusal is looked up by its id, and clients show no headers. */
function detailOf({ code, data }: RegistryError, { requestId }: Exchange): { detail?: unknown } {
  const { reason: _, token: __, ...rest } = data as { reason?: string; token?: string }
  const detail = code === 'unauthenticated' || code === 'denied' ? { ...rest, requestId } : rest
  return Object.keys(detail).length === 0 ? {} : { detail }
}

/** With these a client that was out of step goes on without asking for the status first. */
function whereToContinue(exchange: Exchange, error: RegistryError): string[] {
  return isRegistryError(error, 'upload-range')
    ? ['Location', exchange.path, 'Range', formatUploadRange(error.data.offset)]
    : []
}

function write(exchange: Exchange, status: number, headers: string[], errors: readonly WireError[]): void {
  headers.push('Content-Type', 'application/json', 'Cache-Control', 'no-store')
  answer(exchange, status, headers, JSON.stringify({ errors }))
}
