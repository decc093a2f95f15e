/**
 * Every way in which the registry says no, with what it says it about. The set is closed: each protocol maps
 * it to its own wire form by an exhaustive table, and nothing here knows of HTTP.
 */
export interface ErrorData {
  'name-invalid': { name: string; reason: string }
  'name-unknown': { name: string }
  /** It was deleted, and can still be brought back. */
  'name-deleted': { name: string }
  'tag-invalid': { tag: string; reason: string }
  'reference-invalid': { reference: string; reason: string }
  'digest-invalid': { digest: string; reason: string }
  /** The bytes are not those of the digest that was announced. */
  'digest-mismatch': { expected: string; actual?: string }
  /** The body is shorter or longer than announced. */
  'size-invalid': { expected: number; actual: number }
  'blob-unknown': { digest: string }
  /** A manifest still names the blob. */
  'blob-in-use': { digest: string; by: string }
  'upload-unknown': { upload: string }
  'upload-invalid': { reason: string }
  /** A chunk does not continue where the upload stands. `offset`: bytes kept so far. */
  'upload-range': { upload: string; offset: number }
  /** Another request is writing to the upload. `elsewhere`: of another process, of which nobody knows whether it lives. */
  'upload-busy': { upload: string; elsewhere?: true }
  'manifest-unknown': { reference: string }
  'manifest-invalid': { reason: string }
  'manifest-too-large': { size: number; limit: number }
  'manifest-too-many-links': { links: number; limit: number }
  /** A manifest names content that the repository does not hold. */
  'manifest-reference-unknown': { digests: readonly string[] }
  /** An index still names the manifest. */
  'manifest-in-use': { digest: string; by: string }
  'tag-immutable': { tag: string; pattern: string }
  /** `If-Match` or `If-None-Match` did not hold. `current`: the digest that the tag has now. */
  'precondition-failed': { reference: string; current?: string }
  'range-unsatisfiable': { size: number }
  'parameter-invalid': { parameter: string; reason: string }
  /** Nobody said who is asking, and it matters. `token`: one was shown, and it is none (any more), or it is not for this. */
  unauthenticated: { reason: string; token?: 'invalid' | 'insufficient' }
  denied: { action: string; reason: string }
  /** The namespace would use more than it may: `used` and `add` together are over `limit`. */
  'quota-exceeded': {
    namespace: string
    measure: 'bytes' | 'repositories' | 'manifests'
    used: number
    add: number
    limit: number
  }
  unsupported: { what: string }
  /** The operator wants nothing to be searched: nobody who asks can help it. */
  'search-off': { setting: string }
  'method-unsupported': { method: string; allow: readonly string[] }
  /** `reason`: what there is instead. */
  'path-unknown': { path: string; reason: string }
  'too-large': { what: string; limit: number }
  'too-many-requests': { retryAfterMs: number }
  /** Lading cannot answer now; nothing is known to be lost. `isTold`: the operator heard of it, once for all who ask. */
  unavailable: { reason: string; retryAfterMs: number; isTold?: true }
  /** The bytes of a digest were lost or changed. A push of the same content mends it. */
  'content-damaged': { digest: string; retryAfterMs: number }
  /** There is no space for the bytes. What was kept before stays. */
  'storage-full': { retryAfterMs: number }
  /** The change may or may not have been made: ask again before repeating it. */
  'unknown-outcome': { reason: string }
  /** `artifact`: its id, or its name. One that was deleted is unknown too. */
  'artifact-unknown': { artifact: string }
  /** `field`: a path into what was given. */
  'artifact-invalid': { field: string; reason: string }
  /** `deleted`: it was deleted, and not purged. */
  'artifact-exists': { name: string; deleted?: boolean }
  /** Somebody else has changed it since it was read. */
  'artifact-changed': { artifact: string }
  'version-unknown': { artifact: string; version: string }
  'file-unknown': { version: string; file: string }
  'version-exists': { artifact: string; version: string }
  /** What is published stays as it is. */
  'version-published': { artifact: string; version: string }
  /** What is asked for wants one that is published. */
  'version-draft': { artifact: string; version: string }
  /** Nobody who does not name it may get it. */
  'version-yanked': { artifact: string; version: string }
  'collection-unknown': { collection: string }
  /** A user, organisation, team, robot, role, grant or key: `what` says which. Also one that the caller may not know of. */
  'account-unknown': { what: AccountKind; name: string }
  /** The name is taken, or was. */
  'account-exists': { what: AccountKind; name: string }
  'account-invalid': { field: string; reason: string }
  /** Used already, too old, or of an account that has changed since. */
  'link-invalid': Record<never, never>
  /** Of a token of somebody else: what it says, and of each rule that could have let it in, why it does not. */
  'workload-refused': {
    reason: string
    claims: Readonly<Record<string, unknown>>
    rules: readonly { readonly rule: string; readonly reason: string }[]
  }
  /** It cannot go while that is there: `by` says what, in words. */
  'account-in-use': { what: AccountKind; name: string; by: string }
  /** Nobody would be left who may look after it. */
  'last-owner': { organisation: string }
  /** No index narrows down what was asked for, and walking took too long. `limit` in ms. */
  'scan-timeout': { limit: number; indexed: string }
}

export type AccountKind =
  | 'user'
  | 'organisation'
  | 'namespace'
  | 'member'
  | 'team'
  | 'robot'
  | 'role'
  | 'grant'
  | 'key'
  | 'session'
  | 'factor'
  | 'token'
  | 'identity'

export type ErrorCode = keyof ErrorData

export interface RegistryErrorOptions extends ErrorOptions {
  readonly isOfRights?: boolean
}

export class RegistryError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly data: ErrorData[C]
  /** It says that something is not there because whoever asks may not know of it. Nobody is told so. */
  readonly isOfRights: boolean

  constructor(code: C, data: ErrorData[C], { isOfRights = false, ...options }: RegistryErrorOptions = {}) {
    super(describeError(code, data), options)
    this.name = 'RegistryError'
    this.code = code
    this.data = data
    this.isOfRights = isOfRights
  }
}

/** True for an error of exactly that code: narrows `data`. */
export function isRegistryError<C extends ErrorCode>(error: unknown, code?: C): error is RegistryError<C> {
  return error instanceof RegistryError && (code === undefined || error.code === code)
}

/** One sentence for a person: what is wrong and, where that is not obvious, what to do. */
export function describeError<C extends ErrorCode>(code: C, data: ErrorData[C]): string {
  return sentences[code](data)
}

const shown = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text)

const sentences: { readonly [C in ErrorCode]: (data: ErrorData[C]) => string } = {
  'name-invalid': ({ name, reason }) => `invalid repository name ${shown(name)}: ${reason}`,
  'name-unknown': ({ name }) => `there is no repository ${shown(name)}`,
  'name-deleted': ({ name }) =>
    `what ${shown(name)} held was deleted; restore it, or purge it to use its name again`,
  'tag-invalid': ({ tag, reason }) => `invalid tag ${shown(tag)}: ${reason}`,
  'reference-invalid': ({ reference, reason }) => `invalid reference ${shown(reference)}: ${reason}`,
  'digest-invalid': ({ digest, reason }) => `invalid digest ${shown(digest)}: ${reason}`,
  'digest-mismatch': ({ expected, actual }) =>
    `the content does not have the digest ${expected}${actual === undefined ? '' : `; it has ${actual}`}`,
  'size-invalid': ({ expected, actual }) => `the body has ${actual} bytes where ${expected} were announced`,
  'blob-unknown': ({ digest }) => `the repository has no blob ${digest}`,
  'blob-in-use': ({ digest, by }) => `the blob ${digest} is named by the manifest ${by}; delete that first`,
  'upload-unknown': ({ upload }) => `there is no upload ${shown(upload)}; begin a new one`,
  'upload-invalid': ({ reason }) => `invalid upload: ${reason}`,
  'upload-range': ({ offset }) => `the upload stands at ${offset} bytes; continue from there`,
  'upload-busy': ({ upload, elsewhere }) =>
    elsewhere
      ? `another process is writing to the upload ${shown(upload)}, or has ended while it was; begin another upload if it stays so`
      : `another request is writing to the upload ${shown(upload)}; wait for it to end`,
  'manifest-unknown': ({ reference }) => `the repository has no manifest ${shown(reference)}`,
  'manifest-invalid': ({ reason }) => `invalid manifest: ${reason}`,
  'manifest-too-large': ({ size, limit }) => `the manifest has ${size} bytes; the limit is ${limit}`,
  'manifest-too-many-links': ({ links, limit }) =>
    `the manifest names ${links} digests; the limit is ${limit}`,
  'manifest-reference-unknown': ({ digests }) =>
    `the manifest names content that the repository does not hold: ${digests.slice(0, 5).join(', ')}${digests.length > 5 ? ', …' : ''}; push that first`,
  'manifest-in-use': ({ digest, by }) =>
    `the manifest ${digest} is named by the index ${by}; delete that first`,
  'tag-immutable': ({ tag, pattern }) =>
    `the tag ${shown(tag)} is immutable here (pattern ${shown(pattern)})`,
  'precondition-failed': ({ reference, current }) =>
    `${shown(reference)} is not what the request expected: ${current === undefined ? 'it does not exist' : `it is ${current}`}`,
  'range-unsatisfiable': ({ size }) => `the range lies outside the content, which has ${size} bytes`,
  'parameter-invalid': ({ parameter, reason }) => `invalid ${parameter}: ${reason}`,
  unauthenticated: ({ reason }) => reason,
  denied: ({ action, reason }) => `${action} is not allowed: ${reason}`,
  'quota-exceeded': ({ namespace, measure, used, add, limit }) =>
    `the namespace ${shown(namespace)} may have ${limit} ${measure}, has ${used}, and this would add ${add}; delete some, or ask the operator for more`,
  unsupported: ({ what }) => `${what} is not supported`,
  'search-off': ({ setting }) =>
    `this registry does not search: its operator has switched that off (${setting})`,
  'path-unknown': ({ path, reason }) => `there is nothing at ${shown(path)}; ${reason}`,
  'method-unsupported': ({ method, allow }) => `${method} is not supported here; try ${allow.join(', ')}`,
  'too-large': ({ what, limit }) => `${what} is over its limit of ${limit}`,
  'too-many-requests': () => 'too many requests; try again later',
  unavailable: ({ reason }) => `Lading cannot do this now: ${reason}; try again later`,
  'content-damaged': ({ digest }) =>
    `the content of ${digest} is damaged and is not given out; push it again, or ask the operator to restore it`,
  'storage-full': () =>
    'there is no space left for this; its operator can free some (`lading gc` removes what nothing names), or give the registry a larger disk',
  'unknown-outcome': ({ reason }) =>
    `it is not known whether the change was made (${reason}); look before you repeat it`,
  'artifact-unknown': ({ artifact }) => `there is no artifact ${shown(artifact)}`,
  'artifact-invalid': ({ field, reason }) => `invalid ${field}: ${reason}`,
  'artifact-exists': ({ name, deleted }) =>
    deleted === true
      ? `there is an artifact ${shown(name)} that was deleted and not purged; choose another slug, or restore or purge that one`
      : `there is an artifact ${shown(name)} already; choose another slug`,
  'artifact-changed': ({ artifact }) =>
    `${shown(artifact)} has been changed by somebody else meanwhile; read it again and repeat your change`,
  'version-unknown': ({ artifact, version }) => `${shown(artifact)} has no version ${shown(version)}`,
  'file-unknown': ({ version, file }) => `the version ${shown(version)} has no file ${shown(file)}`,
  'version-exists': ({ artifact, version }) =>
    `${shown(artifact)} has a version ${shown(version)} already; choose another number`,
  'version-published': ({ artifact, version }) =>
    `the version ${shown(version)} of ${shown(artifact)} is published and stays as it is; make a new version`,
  'version-draft': ({ artifact, version }) =>
    `the version ${shown(version)} of ${shown(artifact)} is a draft; publish it first`,
  'version-yanked': ({ artifact, version }) =>
    `the version ${shown(version)} of ${shown(artifact)} is yanked; take that back first`,
  'collection-unknown': ({ collection }) => `there is no collection ${shown(collection)}`,
  'account-unknown': ({ what, name }) => `there is no ${what} ${shown(name)}`,
  'account-exists': ({ what, name }) =>
    `the name ${shown(name)} is taken, or was; choose another one for the ${what}`,
  'account-invalid': ({ field, reason }) => `invalid ${field}: ${reason}`,
  'link-invalid': () =>
    'this link opens nothing: it was used already, is too old, or is not whole; ask for a new one',
  'workload-refused': ({ reason, rules }) =>
    [reason, ...rules.map((one) => `${one.rule}: ${one.reason}`)].join('; '),
  'account-in-use': ({ what, name, by }) => `the ${what} ${shown(name)} cannot go while there is ${by}`,
  'last-owner': ({ organisation }) =>
    `${shown(organisation)} would be left without an owner; make somebody else one first`,
  'scan-timeout': ({ limit, indexed }) =>
    `no answer within limits.scanTime (${limit} ms), since no index narrows this down: filter by ${indexed}`,
}
