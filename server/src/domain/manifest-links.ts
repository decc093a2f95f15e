import { type Descriptor, malformed } from './descriptor.ts'
import type { Digest } from './digest.ts'
import { RegistryError } from './error.ts'
import { isForeignMediaType } from './media-type.ts'

/** `config` and `layer` name blobs, `manifest` names a manifest. */
export type LinkRole = 'config' | 'layer' | 'manifest'

export interface Link {
  readonly role: LinkRole
  readonly digest: Digest
  readonly size: number
  readonly mediaType: string
  /** The bytes are to be had elsewhere: the repository may hold them, and need not. */
  readonly foreign: boolean
}

/**
 * Every digest once as a blob and once as a manifest, in the document's order. Named twice as a blob, it has the
 * first role, and is foreign only if it is so everywhere.
 * @throws RegistryError `manifest-too-many-links`; `manifest-invalid` where a digest stands with two sizes
 */
export function linksOf(
  named: {
    readonly config: Descriptor | undefined
    readonly layers: readonly Descriptor[]
    readonly manifests: readonly Descriptor[]
  },
  limit: number,
): Link[] {
  const blobs = new Map<Digest, Link>()
  const manifests = new Map<Digest, Link>()
  if (named.config !== undefined) add(blobs, 'config', named.config, 'config')
  for (const [at, layer] of named.layers.entries()) add(blobs, 'layer', layer, `layers[${at}]`)
  for (const [at, item] of named.manifests.entries()) add(manifests, 'manifest', item, `manifests[${at}]`)
  const links = blobs.size + manifests.size
  if (links > limit) throw new RegistryError('manifest-too-many-links', { links, limit })
  return [...blobs.values(), ...manifests.values()]
}

function add(links: Map<Digest, Link>, role: LinkRole, descriptor: Descriptor, path: string): void {
  const { digest, size, mediaType } = descriptor
  const known = links.get(digest)
  if (known !== undefined && known.size !== size) {
    throw malformed(`${path}.size`, `is ${size} where the same digest has ${known.size} before`)
  }
  const foreign = (descriptor.urls?.length ?? 0) > 0 || isForeignMediaType(mediaType)
  links.set(
    digest,
    known === undefined
      ? { role, digest, size, mediaType, foreign }
      : { ...known, foreign: known.foreign && foreign },
  )
}
