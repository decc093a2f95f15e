import { RegistryError } from './error.ts'
import { type ArtifactKind, isArtifactKind, isProtocolName, isReservedName } from './reserved-names.ts'

/**
 * The one path by which a repository is known: `<namespace>/<name…>` for images, `<kind>/<namespace>/<name…>` for
 * the rest. Always at least two segments: `foo` is known as `library/foo`, `image/acme/app` as `acme/app`.
 */
export type RepositoryName = string & { readonly brand: 'RepositoryName' }

/** Who owns repositories: one segment that is neither a kind nor a protocol. */
export type Namespace = string & { readonly brand: 'Namespace' }

/** Where a name of one segment goes. */
export const defaultNamespace: Namespace = 'library' as Namespace

/** Many clients allow 255 characters for `host:port/name` (distribution spec, "Pulling manifests"). */
const maxClientReference = 255
/** What is left of those to `host:port/`. */
const roomForHost = 26
export const maxRepositoryName: number = maxClientReference - roomForHost

/** One path component of the distribution spec. Separators and letters are disjoint, so it never looks back far. */
const segment = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/

/** True for what may stand between two slashes. */
export function isRepositorySegment(text: string): boolean {
  return text.length <= maxRepositoryName && segment.test(text)
}

/** @throws RegistryError `name-invalid`. The answer is canonical and parses to itself. */
export function parseRepositoryName(text: string): RepositoryName {
  if (text.length > maxRepositoryName)
    throw invalid(text, `it is longer than ${maxRepositoryName} characters`)
  const segments = text.split('/')
  for (const part of segments) {
    if (!segment.test(part)) throw invalid(text, whyNotSegment(part))
  }
  const [first = '', second] = segments
  if (second === undefined) return checkedLength(`${defaultNamespace}/${first}`, text)
  if (isProtocolName(first)) throw invalid(text, `${first} is the name of a protocol and not of a namespace`)
  if (!isArtifactKind(first)) return text as RepositoryName
  if (segments.length < 3) {
    throw invalid(text, `${first} is a kind of artifact: write ${first}/<namespace>/<name>`)
  }
  if (isReservedName(second)) throw invalid(text, `${second} is reserved and not a namespace`)
  return (first === 'image' ? segments.slice(1).join('/') : text) as RepositoryName
}

/** @throws RegistryError `name-invalid`: more than one segment, or a reserved one. */
export function parseNamespace(text: string): Namespace {
  if (text.length > maxRepositoryName)
    throw invalid(text, `it is longer than ${maxRepositoryName} characters`)
  if (text.includes('/')) throw invalid(text, 'a namespace is one segment, without a slash')
  if (!segment.test(text)) throw invalid(text, whyNotSegment(text))
  if (isReservedName(text)) throw invalid(text, `${text} is reserved and not a namespace`)
  return text as Namespace
}

/** @throws RegistryError `name-invalid` where `name` is no path, or all together is too long. */
export function repositoryNameOf(kind: ArtifactKind, namespace: Namespace, name: string): RepositoryName {
  return parseRepositoryName(`${kind}/${namespace}/${name}`)
}

/** `image` where the path names none. What a manifest says of itself may be more exact. */
export function kindOf(name: RepositoryName): ArtifactKind {
  const first = name.slice(0, name.indexOf('/'))
  return isArtifactKind(first) ? first : 'image'
}

export function namespaceOf(name: RepositoryName): Namespace {
  const [first, second] = name.split('/', 2)
  return (isArtifactKind(first ?? '') ? second : first) as Namespace
}

/** What follows the namespace: one segment or more. */
export function artifactNameOf(name: RepositoryName): string {
  const start = isArtifactKind(name.slice(0, name.indexOf('/'))) ? name.indexOf('/') + 1 : 0
  return name.slice(name.indexOf('/', start) + 1)
}

function checkedLength(canonical: string, text: string): RepositoryName {
  if (canonical.length > maxRepositoryName) {
    throw invalid(
      text,
      `with its namespace ${defaultNamespace} it is longer than ${maxRepositoryName} characters`,
    )
  }
  return canonical as RepositoryName
}

function whyNotSegment(part: string): string {
  if (part === '') return 'it has an empty segment'
  if (/[A-Z]/.test(part)) return 'letters must be lower case'
  return 'segments are a-z and 0-9, joined by one of . _ __ or any number of -'
}

function invalid(name: string, reason: string): RegistryError {
  return new RegistryError('name-invalid', { name, reason })
}
