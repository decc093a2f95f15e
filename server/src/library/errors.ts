import { storeFault } from '../core/ledger/telling-faults.ts'
import type { ErrorCode } from '../domain/error.ts'
import { RegistryError as DomainError } from '../domain/error.ts'
import { StoreError } from '../ports/store/errors.ts'

/** Every way in which the library says no. */
export const registryErrorCodes = [
  'DUPLICATE',
  'NOT_FOUND',
  'VALIDATION',
  'CONFLICT',
  'FORBIDDEN',
  'UNAVAILABLE',
  'TIMEOUT',
  'QUOTA',
  'CORRUPT',
  'UNKNOWN_OUTCOME',
  'INTERNAL',
] as const
export type RegistryErrorCode = (typeof registryErrorCodes)[number]

export interface RegistryErrorDetails {
  /** For VALIDATION: which field of what was given. */
  readonly field?: string
  /** For UNAVAILABLE: when to try again, in ms. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** Of every copy of the package, so that one knows the errors of another. */
const brand = Symbol.for('lading.RegistryError')

/** What an error says to another program. */
export interface RegistryErrorJson {
  readonly code: RegistryErrorCode
  readonly message: string
  readonly field?: string
  readonly retryAfterMs?: number
}

/**
 * What every operation of the library fails with. `message` is a sentence for a person; `code` is for programs. `cause` is
 * what was thrown below, for whoever looks into a fault: it is in no message and not in the JSON form.
 */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode
  // Declared only: what is not said is no member either.
  declare readonly field?: string
  declare readonly retryAfterMs?: number

  constructor(code: RegistryErrorCode, message: string, details: RegistryErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'RegistryError'
    this.code = code
    if (details.field !== undefined) this.field = details.field
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs
  }

  toJSON(): RegistryErrorJson {
    return {
      code: this.code,
      message: this.message,
      ...(this.field !== undefined && { field: this.field }),
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
    }
  }
}

Object.defineProperty(RegistryError.prototype, brand, { value: true })

/** Something of that name is there already. */
export class DuplicateError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('DUPLICATE', message, details)
    this.name = 'DuplicateError'
  }
}

/** What was asked for is not there, or not any more. */
export class NotFoundError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('NOT_FOUND', message, details)
    this.name = 'NotFoundError'
  }
}

/** What was given cannot be taken: `field` says which part of it, the message why, and what the limit is. */
export class ValidationError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('VALIDATION', message, details)
    this.name = 'ValidationError'
  }
}

/** It stands against what is there now: somebody else was first, or a published version would change. */
export class ConflictError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('CONFLICT', message, details)
    this.name = 'ConflictError'
  }
}

/** Whoever asks may not. */
export class ForbiddenError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('FORBIDDEN', message, details)
    this.name = 'ForbiddenError'
  }
}

/** It cannot be done now; nothing was changed. */
export class UnavailableError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('UNAVAILABLE', message, details)
    this.name = 'UnavailableError'
  }
}

/** It would have taken longer than it may; nothing was changed. */
export class TimeoutError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('TIMEOUT', message, details)
    this.name = 'TimeoutError'
  }
}

/** The namespace would use more than it may. */
export class QuotaError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('QUOTA', message, details)
    this.name = 'QuotaError'
  }
}

/** What is kept is not what was put there. A push of the same content mends it. */
export class CorruptError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('CORRUPT', message, details)
    this.name = 'CorruptError'
  }
}

/** The change may or may not have been made: look before you repeat it. */
export class UnknownOutcomeError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('UNKNOWN_OUTCOME', message, details)
    this.name = 'UnknownOutcomeError'
  }
}

/** A fault of Lading's own. */
export class InternalError extends RegistryError {
  constructor(message: string, details?: RegistryErrorDetails) {
    super('INTERNAL', message, details)
    this.name = 'InternalError'
  }
}

/** True for an error of the library, and of that code where one is given: also across copies of the package. */
export function isRegistryError(error: unknown, code?: RegistryErrorCode): error is RegistryError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false
  return code === undefined || ('code' in error && error.code === code)
}

const classes: Readonly<
  Record<RegistryErrorCode, new (message: string, details?: RegistryErrorDetails) => RegistryError>
> = {
  DUPLICATE: DuplicateError,
  NOT_FOUND: NotFoundError,
  VALIDATION: ValidationError,
  CONFLICT: ConflictError,
  FORBIDDEN: ForbiddenError,
  UNAVAILABLE: UnavailableError,
  TIMEOUT: TimeoutError,
  QUOTA: QuotaError,
  CORRUPT: CorruptError,
  UNKNOWN_OUTCOME: UnknownOutcomeError,
  INTERNAL: InternalError,
}

/** The library's code for each of the registry's. */
const codes: Readonly<Record<ErrorCode, RegistryErrorCode>> = {
  'name-invalid': 'VALIDATION',
  'name-unknown': 'NOT_FOUND',
  'name-deleted': 'CONFLICT',
  'tag-invalid': 'VALIDATION',
  'reference-invalid': 'VALIDATION',
  'digest-invalid': 'VALIDATION',
  'digest-mismatch': 'VALIDATION',
  'size-invalid': 'VALIDATION',
  'blob-unknown': 'NOT_FOUND',
  'blob-in-use': 'CONFLICT',
  'upload-unknown': 'NOT_FOUND',
  'upload-invalid': 'VALIDATION',
  'upload-range': 'CONFLICT',
  'upload-busy': 'CONFLICT',
  'manifest-unknown': 'NOT_FOUND',
  'manifest-invalid': 'VALIDATION',
  'manifest-too-large': 'VALIDATION',
  'manifest-too-many-links': 'VALIDATION',
  'manifest-reference-unknown': 'VALIDATION',
  'manifest-in-use': 'CONFLICT',
  'tag-immutable': 'CONFLICT',
  'precondition-failed': 'CONFLICT',
  'range-unsatisfiable': 'VALIDATION',
  'parameter-invalid': 'VALIDATION',
  unauthenticated: 'FORBIDDEN',
  denied: 'FORBIDDEN',
  'quota-exceeded': 'QUOTA',
  unsupported: 'VALIDATION',
  'search-off': 'UNAVAILABLE',
  'method-unsupported': 'VALIDATION',
  'path-unknown': 'VALIDATION',
  'too-large': 'VALIDATION',
  'too-many-requests': 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
  'content-damaged': 'CORRUPT',
  'storage-full': 'UNAVAILABLE',
  'unknown-outcome': 'UNKNOWN_OUTCOME',
  'artifact-unknown': 'NOT_FOUND',
  'artifact-invalid': 'VALIDATION',
  'artifact-exists': 'DUPLICATE',
  'artifact-changed': 'CONFLICT',
  'version-unknown': 'NOT_FOUND',
  'file-unknown': 'NOT_FOUND',
  'version-exists': 'DUPLICATE',
  'version-published': 'CONFLICT',
  'version-draft': 'CONFLICT',
  'version-yanked': 'CONFLICT',
  'collection-unknown': 'NOT_FOUND',
  'account-unknown': 'NOT_FOUND',
  'account-exists': 'DUPLICATE',
  'account-invalid': 'VALIDATION',
  'link-invalid': 'FORBIDDEN',
  'workload-refused': 'FORBIDDEN',
  'account-in-use': 'CONFLICT',
  'last-owner': 'CONFLICT',
  'scan-timeout': 'TIMEOUT',
}

/** What the caller hears of whatever was thrown below. What nobody foresaw is INTERNAL, with its cause. */
export function registryErrorOf(error: unknown): RegistryError {
  if (isRegistryError(error)) return error
  const told = error instanceof StoreError ? storeFault(error) : error
  if (told instanceof DomainError) return domainErrorOf(told, error)
  if (told instanceof StoreError)
    return new InternalError('the store refused what Lading asked of it; the cause says more', {
      cause: error,
    })
  return new InternalError('an error that nobody foresaw; its cause says more', { cause: error })
}

function domainErrorOf({ code, message, data }: DomainError, cause: unknown): RegistryError {
  const { field, parameter, retryAfterMs } = data as Partial<Record<string, unknown>>
  const named = typeof field === 'string' ? field : parameter
  // Its reason is an engine's own words.
  const told =
    code === 'unknown-outcome'
      ? 'whether the change was made is not known: look before you repeat it'
      : message
  return new classes[codes[code]](told, {
    ...(typeof named === 'string' && { field: named }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    cause,
  })
}
