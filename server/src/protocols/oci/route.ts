import { RegistryError } from '../../domain/error.ts'
import { decodeSegment } from '../../http/exchange.ts'

export type GlobalEndpoint = 'ping' | 'catalog'
export type RepositoryEndpoint =
  | 'manifest'
  | 'blob'
  | 'uploads'
  | 'upload'
  | 'tags'
  | 'tag-history'
  | 'referrers'

export interface GlobalRoute {
  readonly endpoint: GlobalEndpoint
}

export interface RepositoryRoute {
  readonly endpoint: RepositoryEndpoint
  /** As it stands in the path: Location headers and lists say it as the client did. */
  readonly name: string
  /** What the endpoint is about: a tag or digest, an upload; `` where that is the repository itself. */
  readonly argument: string
}

/** What comes before `<name>` and what is all there is of the ping. */
const root = '/v2'

/**
 * Reads a path from the right, since a name may have segments such as `blobs` or `manifests` itself
 * (distribution spec, "Endpoints"). undefined: none of the protocol's endpoints.
 * @throws RegistryError `parameter-invalid`: broken percent-encoding
 */
export function parseRoute(path: string): GlobalRoute | RepositoryRoute | undefined {
  if (path === root || path === `${root}/`) return { endpoint: 'ping' }
  if (path === `${root}/_catalog`) return { endpoint: 'catalog' }
  const last = path.lastIndexOf('/')
  const before = path.lastIndexOf('/', last - 1)
  const argument = path.slice(last + 1)
  // First, since a tag may be called as an endpoint is.
  const history = argument === 'history' ? tagHistory(path, before, last) : undefined
  if (history !== undefined) return history
  switch (path.slice(before + 1, last)) {
    case 'manifests':
      return repository('manifest', path, before, argument)
    case 'blobs':
      // Some clients leave out the slash at the end.
      return argument === 'uploads'
        ? repository('uploads', path, before, '')
        : repository('blob', path, before, argument)
    case 'referrers':
      return repository('referrers', path, before, argument)
    case 'uploads':
      return uploads(path, before, argument)
    case 'tags':
      return argument === 'list' ? repository('tags', path, before, '') : undefined
    default:
      return undefined
  }
}

/** `…/blobs/uploads/` and `…/blobs/uploads/<id>`; `end` is the slash before `uploads`. */
function uploads(path: string, end: number, argument: string): RepositoryRoute | undefined {
  const blobs = path.lastIndexOf('/', end - 1)
  if (path.slice(blobs + 1, end) !== 'blobs') return undefined
  return repository(argument === '' ? 'uploads' : 'upload', path, blobs, argument)
}

/** `…/_lading/tags/<tag>/history`: no name has a segment that begins with `_`. */
function tagHistory(path: string, tagStart: number, tagEnd: number): RepositoryRoute | undefined {
  const marker = '/_lading/tags'
  const end = tagStart - marker.length
  if (end < 0 || path.slice(end, tagStart) !== marker) return undefined
  return repository('tag-history', path, end, path.slice(tagStart + 1, tagEnd))
}

/** `nameEnd`: the slash after the name. */
function repository(
  endpoint: RepositoryEndpoint,
  path: string,
  nameEnd: number,
  argument: string,
): RepositoryRoute | undefined {
  if (nameEnd <= root.length) return undefined
  const name = path.slice(root.length + 1, nameEnd)
  // An encoded slash stays within its segment, where no name allows it.
  if (name.includes('%2f') || name.includes('%2F')) {
    throw new RegistryError('name-invalid', { name, reason: 'a slash in it is percent-encoded' })
  }
  return { endpoint, name: decodeSegment(name), argument: decodeSegment(argument) }
}
