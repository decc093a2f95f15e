import type { Digest } from './digest.ts'
import { parseDigest } from './digest.ts'
import { isRegistryError, RegistryError } from './error.ts'
import { encodePackageName } from './foreign-name.ts'
import {
  artifactNameOf,
  kindOf,
  namespaceOf,
  parseRepositoryName,
  type RepositoryName,
  repositoryNameOf,
} from './repository-name.ts'
import { isArtifactKind } from './reserved-names.ts'
import { formatTimestamp, parseTimestamp } from './rfc3339.ts'
import { isSemver } from './semver.ts'
import { isSemverRange, parseSemverRange, type SemverRange } from './semver-range.ts'
import { parseTag, type Tag } from './tag.ts'
import { formatTsvStamp, parseTsvStamp, type TsvStamp } from './tsv-stamp.ts'

/** Which version of an artifact. */
export type Selector =
  /** Nothing was said: what `latest` names, or the highest release. */
  | { readonly by: 'default' }
  | { readonly by: 'version'; readonly version: string }
  | { readonly by: 'range'; readonly range: SemverRange }
  | { readonly by: 'tag'; readonly tag: Tag }
  /** `tag`: said beside it, for people; the digest decides. */
  | { readonly by: 'digest'; readonly digest: Digest; readonly tag?: Tag }
  | { readonly by: 'stamp'; readonly stamp: TsvStamp }
  /** What was there at that time, in ms since 1970. */
  | { readonly by: 'time'; readonly at: number }

export interface Reference {
  /** Lower case, with its port if one was said. Absent: the registry that is asked. */
  readonly host?: string
  readonly repository: RepositoryName
  readonly selector: Selector
}

export const maxReference = 1_024

const hostName =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?$/i

/**
 * Reads what a person types: `[host[:port]/][kind:]namespace/name[:tag|@version|@range|@digest|@tsv:…|@timestamp]`.
 * - No kind means an image; `@scope/name` means a package. `model:acme/llama` may be written `model/acme/llama` too.
 * - As docker does, a first segment with a dot or a port, or `localhost`, is a host; where it is a namespace, write
 *   `image:` before it. What stands before a colon and is a kind is never a host.
 * - After a host, `users/x/name` and `orgs/x/name` mean `x/name`.
 * - After `@`, what is neither a version nor any of the other forms is a tag.
 * @throws RegistryError `reference-invalid`
 */
export function parseReference(text: string): Reference {
  if (text.length > maxReference) throw invalid(text, `it is longer than ${maxReference} characters`)
  try {
    return read(text)
  } catch (error) {
    if (!isRegistryError(error) || error.code === 'reference-invalid') throw error
    throw new RegistryError('reference-invalid', { reference: text, reason: error.message }, { cause: error })
  }
}

/** The shortest of the forms that parse to the same. */
export function formatReference({ host, repository, selector }: Reference): string {
  const path = formatPath(host, repository)
  return `${host === undefined ? '' : `${host}/`}${path}${formatSelector(selector)}`
}

function read(text: string): Reference {
  // An `@` that begins a segment is a scope's.
  const at = text.search(/(?<=[^/])@/)
  const head = at === -1 ? text : text.slice(0, at)
  const selected = at === -1 ? undefined : text.slice(at + 1).trim()
  const { path, tag } = cutTag(head)
  const { host, rest } = cutHost(path)
  return {
    ...(host !== undefined && { host }),
    repository: readRepository(rest, host !== undefined),
    selector: readSelector(text, tag, selected),
  }
}

/** A tag follows the last colon after the last slash. */
function cutTag(head: string): { path: string; tag: string | undefined } {
  const colon = head.indexOf(':', head.lastIndexOf('/') + 1)
  return colon === -1
    ? { path: head, tag: undefined }
    : { path: head.slice(0, colon), tag: head.slice(colon + 1) }
}

function cutHost(path: string): { host: string | undefined; rest: string } {
  const slash = path.indexOf('/')
  const first = path.slice(0, Math.max(slash, 0))
  if (!looksLikeHost(first)) return { host: undefined, rest: path }
  const port = /:([0-9]+)$/.exec(first)?.[1]
  if (!hostName.test(first) || Number(port ?? 0) > 65_535) {
    throw invalid(path, `${JSON.stringify(first)} is neither a host nor a kind of artifact`)
  }
  return { host: first.toLowerCase(), rest: path.slice(slash + 1) }
}

function looksLikeHost(first: string): boolean {
  if (first.startsWith('@') || isArtifactKind(first.slice(0, Math.max(first.indexOf(':'), 0)))) return false
  return /[.:]/.test(first) || first.toLowerCase() === 'localhost'
}

function readRepository(path: string, afterHost: boolean): RepositoryName {
  if (path.startsWith('@')) {
    const scoped = encodePackageName(path)
    return repositoryNameOf('package', scoped.namespace, scoped.name)
  }
  const colon = path.indexOf(':')
  if (colon !== -1) {
    const kind = path.slice(0, colon)
    if (!isArtifactKind(kind)) throw invalid(path, `${JSON.stringify(kind)} is not a kind of artifact`)
    return parseRepositoryName(`${kind}/${path.slice(colon + 1)}`)
  }
  return parseRepositoryName(afterHost ? path.replace(/^(?:users|orgs)\/(?=[^/]+\/)/, '') : path)
}

function readSelector(text: string, tag: string | undefined, selected: string | undefined): Selector {
  if (selected === undefined) return tag === undefined ? { by: 'default' } : { by: 'tag', tag: parseTag(tag) }
  if (/^sha[0-9]+:/.test(selected)) {
    return { by: 'digest', digest: parseDigest(selected), ...(tag !== undefined && { tag: parseTag(tag) }) }
  }
  if (tag !== undefined) throw invalid(text, 'beside a tag, only a digest may follow the @')
  if (selected.startsWith('tsv:')) return { by: 'stamp', stamp: parseTsvStamp(selected) }
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}T/i.test(selected)) return { by: 'time', at: parseTimestamp(selected) }
  if (isSemver(selected)) return { by: 'version', version: selected }
  if (isSemverRange(selected)) return { by: 'range', range: parseSemverRange(selected) }
  return { by: 'tag', tag: parseTag(selected) }
}

function formatPath(host: string | undefined, repository: RepositoryName): string {
  const kind = kindOf(repository)
  const path = `${namespaceOf(repository)}/${artifactNameOf(repository)}`
  const ambiguous =
    host === undefined ? looksLikeHost(namespaceOf(repository)) : /^(?:users|orgs)\/[^/]+\//.test(path)
  return kind === 'image' && !ambiguous ? path : `${kind}:${path}`
}

function formatSelector(selector: Selector): string {
  switch (selector.by) {
    case 'default':
      return ''
    case 'version':
      return `@${selector.version}`
    case 'range':
      return `@${selector.range}`
    case 'tag':
      return `:${selector.tag}`
    case 'digest':
      return `${selector.tag === undefined ? '' : `:${selector.tag}`}@${selector.digest}`
    case 'stamp':
      return `@${formatTsvStamp(selector.stamp)}`
    case 'time':
      return `@${formatTimestamp(selector.at)}`
  }
}

function invalid(reference: string, reason: string): RegistryError {
  return new RegistryError('reference-invalid', { reference, reason })
}
