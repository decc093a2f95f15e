import { type ErrorCode, isRegistryError, type RegistryError } from '../domain/error.ts'

/** The status of each way to say no. Protocols whose clients expect another one keep a table of their own. */
const statuses: { readonly [C in ErrorCode]: number } = {
  'name-invalid': 400,
  'name-unknown': 404,
  'name-deleted': 409,
  'tag-invalid': 400,
  'reference-invalid': 400,
  'digest-invalid': 400,
  'digest-mismatch': 400,
  'size-invalid': 400,
  'blob-unknown': 404,
  'blob-in-use': 409,
  'upload-unknown': 404,
  'upload-invalid': 400,
  'upload-range': 416,
  'upload-busy': 409,
  'manifest-unknown': 404,
  'manifest-invalid': 400,
  'manifest-too-large': 413,
  'manifest-too-many-links': 413,
  'manifest-reference-unknown': 400,
  'manifest-in-use': 409,
  'tag-immutable': 409,
  'precondition-failed': 412,
  'range-unsatisfiable': 416,
  'parameter-invalid': 400,
  unauthenticated: 401,
  denied: 403,
  'quota-exceeded': 403,
  unsupported: 400,
  'search-off': 501,
  'method-unsupported': 405,
  'path-unknown': 404,
  'too-large': 413,
  'too-many-requests': 429,
  unavailable: 503,
  'content-damaged': 503,
  // RFC 4918: unlike 503, it will not mend itself by waiting.
  'storage-full': 507,
  'unknown-outcome': 500,
  'artifact-unknown': 404,
  'artifact-invalid': 400,
  'artifact-exists': 409,
  'artifact-changed': 409,
  'version-unknown': 404,
  'file-unknown': 404,
  'version-exists': 409,
  'version-published': 409,
  'version-draft': 409,
  'version-yanked': 409,
  'collection-unknown': 404,
  'account-unknown': 404,
  'account-exists': 409,
  'account-invalid': 400,
  'link-invalid': 403,
  'workload-refused': 403,
  'account-in-use': 409,
  'last-owner': 409,
  'scan-timeout': 503,
}

/** What a client is asked to log in to. RFC 7617 section 2.1: names and passwords are UTF-8. */
export const basicChallenge = 'Basic realm="Lading", charset="UTF-8"'

export function statusOf(code: ErrorCode): number {
  return statuses[code]
}

/** Headers that belong to an error whatever form its body has, as names and values in turn. */
export function errorHeaders(error: RegistryError): string[] {
  if (isRegistryError(error, 'unauthenticated')) return ['WWW-Authenticate', basicChallenge]
  if (isRegistryError(error, 'method-unsupported')) return ['Allow', error.data.allow.join(', ')]
  if (isRegistryError(error, 'range-unsatisfiable')) return ['Content-Range', `bytes */${error.data.size}`]
  // Whoever writes may end at any moment, and this request has waited for it already; but who has died never ends.
  if (isRegistryError(error, 'upload-busy')) return error.data.elsewhere ? [] : ['Retry-After', '1']
  if (
    isRegistryError(error, 'unavailable') ||
    isRegistryError(error, 'content-damaged') ||
    isRegistryError(error, 'too-many-requests') ||
    isRegistryError(error, 'storage-full')
  ) {
    return ['Retry-After', String(Math.max(1, Math.ceil(error.data.retryAfterMs / 1000)))]
  }
  return []
}
