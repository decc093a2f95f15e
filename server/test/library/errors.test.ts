import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { describe, it } from 'node:test'
import { RegistryError as DomainError, type ErrorCode, type ErrorData } from '../../src/domain/error.ts'
import {
  ConflictError,
  CorruptError,
  DuplicateError,
  ForbiddenError,
  InternalError,
  isRegistryError,
  NotFoundError,
  QuotaError,
  RegistryError,
  type RegistryErrorCode,
  registryErrorCodes,
  registryErrorOf,
  TimeoutError,
  UnavailableError,
  UnknownOutcomeError,
  ValidationError,
} from '../../src/library/errors.ts'
import { StoreError, type StoreErrorKind } from '../../src/ports/store/errors.ts'

type ErrorClass = new (message: string) => RegistryError

const classes: Readonly<Record<RegistryErrorCode, ErrorClass>> = {
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

interface Told {
  readonly code: RegistryErrorCode
  readonly field?: string
  readonly retryAfterMs?: number
  /** Where it is not the registry's own sentence. */
  readonly message?: string
}

const cases: { readonly [C in ErrorCode]: readonly [ErrorData[C], Told] } = {
  'name-invalid': [{ name: 'A', reason: 'a capital' }, { code: 'VALIDATION' }],
  'name-unknown': [{ name: 'a' }, { code: 'NOT_FOUND' }],
  'name-deleted': [{ name: 'a' }, { code: 'CONFLICT' }],
  'tag-invalid': [{ tag: '!', reason: 'a mark' }, { code: 'VALIDATION' }],
  'reference-invalid': [{ reference: '!', reason: 'a mark' }, { code: 'VALIDATION' }],
  'digest-invalid': [{ digest: '!', reason: 'a mark' }, { code: 'VALIDATION' }],
  'digest-mismatch': [{ expected: 'one' }, { code: 'VALIDATION' }],
  'size-invalid': [{ expected: 1, actual: 2 }, { code: 'VALIDATION' }],
  'blob-unknown': [{ digest: 'one' }, { code: 'NOT_FOUND' }],
  'blob-in-use': [{ digest: 'one', by: 'two' }, { code: 'CONFLICT' }],
  'upload-unknown': [{ upload: 'one' }, { code: 'NOT_FOUND' }],
  'upload-invalid': [{ reason: 'no sense' }, { code: 'VALIDATION' }],
  'upload-range': [{ upload: 'one', offset: 5 }, { code: 'CONFLICT' }],
  'upload-busy': [{ upload: 'one' }, { code: 'CONFLICT' }],
  'manifest-unknown': [{ reference: 'one' }, { code: 'NOT_FOUND' }],
  'manifest-invalid': [{ reason: 'no JSON' }, { code: 'VALIDATION' }],
  'manifest-too-large': [{ size: 2, limit: 1 }, { code: 'VALIDATION' }],
  'manifest-too-many-links': [{ links: 2, limit: 1 }, { code: 'VALIDATION' }],
  'manifest-reference-unknown': [{ digests: ['one'] }, { code: 'VALIDATION' }],
  'manifest-in-use': [{ digest: 'one', by: 'two' }, { code: 'CONFLICT' }],
  'tag-immutable': [{ tag: '1', pattern: '*' }, { code: 'CONFLICT' }],
  'precondition-failed': [{ reference: 'one' }, { code: 'CONFLICT' }],
  'range-unsatisfiable': [{ size: 1 }, { code: 'VALIDATION' }],
  'parameter-invalid': [
    { parameter: 'limit', reason: 'no number' },
    { code: 'VALIDATION', field: 'limit' },
  ],
  unauthenticated: [{ reason: 'nobody is known' }, { code: 'FORBIDDEN' }],
  denied: [{ action: 'to push', reason: 'no right' }, { code: 'FORBIDDEN' }],
  'quota-exceeded': [{ namespace: 'acme', measure: 'bytes', used: 1, add: 1, limit: 1 }, { code: 'QUOTA' }],
  unsupported: [{ what: 'this' }, { code: 'VALIDATION' }],
  'search-off': [{ setting: 'search.engine' }, { code: 'UNAVAILABLE' }],
  'method-unsupported': [{ method: 'PUT', allow: ['GET'] }, { code: 'VALIDATION' }],
  'path-unknown': [{ path: '/a', reason: 'there is /b' }, { code: 'VALIDATION' }],
  'too-large': [{ what: 'a body', limit: 1 }, { code: 'VALIDATION' }],
  'too-many-requests': [{ retryAfterMs: 3 }, { code: 'UNAVAILABLE', retryAfterMs: 3 }],
  unavailable: [
    { reason: 'a start', retryAfterMs: 4 },
    { code: 'UNAVAILABLE', retryAfterMs: 4 },
  ],
  'content-damaged': [
    { digest: 'one', retryAfterMs: 5 },
    { code: 'CORRUPT', retryAfterMs: 5 },
  ],
  'storage-full': [{ retryAfterMs: 6 }, { code: 'UNAVAILABLE', retryAfterMs: 6 }],
  'unknown-outcome': [
    { reason: 'disk I/O error at /srv/records.db' },
    {
      code: 'UNKNOWN_OUTCOME',
      message: 'whether the change was made is not known: look before you repeat it',
    },
  ],
  'artifact-unknown': [{ artifact: 'one' }, { code: 'NOT_FOUND' }],
  'artifact-invalid': [
    { field: 'topics/2', reason: 'it is empty' },
    { code: 'VALIDATION', field: 'topics/2' },
  ],
  'artifact-exists': [{ name: 'acme/one' }, { code: 'DUPLICATE' }],
  'artifact-changed': [{ artifact: 'one' }, { code: 'CONFLICT' }],
  'version-unknown': [{ artifact: 'one', version: '1.0.0' }, { code: 'NOT_FOUND' }],
  'file-unknown': [{ version: '1.0.0', file: 'a' }, { code: 'NOT_FOUND' }],
  'version-exists': [{ artifact: 'one', version: '1.0.0' }, { code: 'DUPLICATE' }],
  'version-published': [{ artifact: 'one', version: '1.0.0' }, { code: 'CONFLICT' }],
  'version-draft': [{ artifact: 'one', version: '1.0.0' }, { code: 'CONFLICT' }],
  'version-yanked': [{ artifact: 'one', version: '1.0.0' }, { code: 'CONFLICT' }],
  'collection-unknown': [{ collection: 'one' }, { code: 'NOT_FOUND' }],
  'account-unknown': [{ what: 'user', name: 'ada' }, { code: 'NOT_FOUND' }],
  'account-exists': [{ what: 'user', name: 'ada' }, { code: 'DUPLICATE' }],
  'account-invalid': [
    { field: 'email', reason: 'it has no @' },
    { code: 'VALIDATION', field: 'email' },
  ],
  'link-invalid': [{}, { code: 'FORBIDDEN' }],
  'workload-refused': [
    { reason: 'no rule takes this token', claims: { sub: 'ci' }, rules: [] },
    { code: 'FORBIDDEN' },
  ],
  'account-in-use': [{ what: 'role', name: 'ci', by: 'a grant of it' }, { code: 'CONFLICT' }],
  'last-owner': [{ organisation: 'acme' }, { code: 'CONFLICT' }],
  'scan-timeout': [{ limit: 5_000, indexed: 'type' }, { code: 'TIMEOUT' }],
}

const internal = 'the store refused what Lading asked of it; the cause says more'
const storeCases: Readonly<Record<StoreErrorKind, Told & { readonly message: string }>> = {
  transient: {
    code: 'UNAVAILABLE',
    retryAfterMs: 1_000,
    message: 'Lading cannot do this now: the store cannot be reached; try again later',
  },
  full: {
    code: 'UNAVAILABLE',
    retryAfterMs: 60_000,
    message: new DomainError('storage-full', { retryAfterMs: 60_000 }).message,
  },
  denied: {
    code: 'UNAVAILABLE',
    retryAfterMs: 60_000,
    message: 'Lading cannot do this now: the store has lost the right to its data; try again later',
  },
  unknown: {
    code: 'UNKNOWN_OUTCOME',
    message: 'whether the change was made is not known: look before you repeat it',
  },
  permanent: { code: 'INTERNAL', message: internal },
}

function holds(error: RegistryError, told: Told & { readonly message: string }, cause: unknown): void {
  assert.ok(error instanceof classes[told.code], `${error.name} is no ${told.code}`)
  assert.equal(error.name, classes[told.code].name)
  assert.equal(error.cause, cause)
  const expected = {
    code: told.code,
    message: told.message,
    ...(told.field !== undefined && { field: told.field }),
    ...(told.retryAfterMs !== undefined && { retryAfterMs: told.retryAfterMs }),
  }
  assert.deepEqual(JSON.parse(JSON.stringify(error)), expected)
  assert.deepEqual(
    { code: error.code, message: error.message, field: error.field, retryAfterMs: error.retryAfterMs },
    { field: undefined, retryAfterMs: undefined, ...expected },
  )
}

describe('errors of the library', () => {
  it('has a class for each code, whose name it bears', () => {
    assert.deepEqual(Object.keys(classes).sort(), [...registryErrorCodes].sort())
    for (const code of registryErrorCodes) {
      const error = new classes[code]('a sentence')
      assert.deepEqual(
        [error.code, error.message, error.name, error instanceof RegistryError, error instanceof Error],
        [code, 'a sentence', classes[code].name, true, true],
      )
      assert.ok(!('cause' in error) && !('field' in error) && !('retryAfterMs' in error))
      assert.deepEqual(JSON.parse(JSON.stringify(error)), { code, message: 'a sentence' })
    }
  })

  for (const [code, [data, told]] of Object.entries(cases) as [ErrorCode, readonly [never, Told]][]) {
    it(`tells ${code} as ${told.code}`, () => {
      const cause = new DomainError(code, data)
      holds(registryErrorOf(cause), { message: cause.message, ...told }, cause)
    })
  }

  for (const [kind, told] of Object.entries(storeCases) as [StoreErrorKind, Told & { message: string }][]) {
    it(`tells a store that fails as ${kind} as ${told.code}, and nothing of its own words`, () => {
      const cause = new StoreError(kind, 'SELECT secret FROM /srv/lading/records.db')
      holds(registryErrorOf(cause), told, cause)
      assert.doesNotMatch(JSON.stringify(registryErrorOf(cause)), /SELECT|srv/)
    })
  }

  it('tells what nobody foresaw as INTERNAL, whatever was thrown', () => {
    for (const cause of [new TypeError('x is not a function'), 'text', null, { code: 'NOT_FOUND' }]) {
      holds(
        registryErrorOf(cause),
        { code: 'INTERNAL', message: 'an error that nobody foresaw; its cause says more' },
        cause,
      )
    }
    assert.ok(!('cause' in registryErrorOf(undefined)))
  })

  it('leaves its own errors as they are', () => {
    const error = new NotFoundError('gone')
    assert.equal(registryErrorOf(error), error)
  })

  it('puts neither stack nor cause into JSON', () => {
    const cause = new Error('a secret of the engine')
    const error = new UnavailableError('not now', { field: 'a', retryAfterMs: 7, cause })
    assert.equal(error.cause, cause)
    assert.equal(
      JSON.stringify({ error }),
      '{"error":{"code":"UNAVAILABLE","message":"not now","field":"a","retryAfterMs":7}}',
    )
  })
})

describe('isRegistryError', () => {
  it('knows its own, of any code or of one', () => {
    const error: unknown = new ConflictError('taken')
    assert.ok(isRegistryError(error))
    assert.ok(isRegistryError(error, 'CONFLICT'))
    assert.ok(!isRegistryError(error, 'DUPLICATE'))
  })

  it('knows those of another copy of the package', async () => {
    const address = new URL('../../src/library/errors.ts', import.meta.url)
    const source = stripTypeScriptTypes(await readFile(address, 'utf8')).replaceAll(
      /from '(\.[^']+)'/g,
      (_, path: string) => `from '${new URL(path, address).href}'`,
    )
    const copy = (await import(
      `data:text/javascript,${encodeURIComponent(source)}`
    )) as typeof import('../../src/library/errors.ts')
    const error = new copy.QuotaError('too much')
    assert.ok(!(error instanceof RegistryError))
    assert.ok(isRegistryError(error, 'QUOTA'))
    assert.equal(registryErrorOf(error), error)
  })

  it('knows no others, even with a code of the same name', () => {
    const others = [
      Object.assign(new Error('of another library'), { code: 'NOT_FOUND' }),
      new DomainError('name-unknown', { name: 'a' }),
      new Error('plain'),
      { code: 'NOT_FOUND', message: 'no error' },
      'NOT_FOUND',
      null,
      undefined,
    ]
    for (const other of others) assert.ok(!isRegistryError(other))
  })
})
