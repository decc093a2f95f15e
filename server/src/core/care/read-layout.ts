import { type Digest, digestAlgorithm } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest-of.ts'
import { isRegistryError } from '../../domain/error.ts'
import { defaultManifestLimits, type Manifest, parseManifest } from '../../domain/manifest.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import { isJsonObject, parseStrictJson } from '../../domain/strict-json.ts'
import { isTag, type Tag } from '../../domain/tag.ts'
import type { DirectoryReader } from '../../ports/directory/directory.ts'
import {
  indexFile,
  isReferrersTag,
  type LayoutDescriptor,
  layoutFile,
  layoutLimits,
  layoutPathOf,
  layoutVersion,
  refName,
  refusedLayout,
  tooLarge,
} from './layout.ts'
import { readWhole } from './read-whole.ts'

/** Bytes of the file that says that this is a layout. */
const layoutFileBytes = 4096

export interface LayoutRoot extends LayoutDescriptor {
  /** Each once. */
  readonly tags: readonly Tag[]
  /** Names that it has and that are no tags. */
  readonly otherNames: readonly string[]
}

/** What a layout's index names, each digest once. @throws RegistryError `parameter-invalid`, `too-large`; DirectoryError */
export async function readLayout(from: DirectoryReader, signal: AbortSignal): Promise<readonly LayoutRoot[]> {
  await requireLayout(from, signal)
  const bytes = await readWhole(from, indexFile, layoutLimits.indexBytes, signal)
  if (bytes === undefined) throw refusedLayout(`${indexFile} is missing`)
  const index = parsed(indexFile, bytes, mediaTypes.ociIndex, layoutLimits.manifests)
  const roots = new Map<Digest, LayoutRoot>()
  for (const descriptor of await withoutLists(from, index.manifests, signal)) {
    const known = roots.get(descriptor.digest)
    const name = descriptor.annotations?.[refName]
    const tag = name === undefined ? undefined : tagOf(name)
    roots.set(descriptor.digest, {
      ...(known ?? { ...descriptor, tags: [], otherNames: [] }),
      tags: [...new Set([...(known?.tags ?? []), ...(tag === undefined ? [] : [tag])])],
      otherNames: [...(known?.otherNames ?? []), ...(name !== undefined && tag === undefined ? [name] : [])],
    })
  }
  return [...roots.values()]
}

/** A list of referrers that stands there for want of an API is not pushed, but what it lists is. */
async function withoutLists(
  from: DirectoryReader,
  descriptors: readonly LayoutDescriptor[],
  signal: AbortSignal,
): Promise<readonly LayoutDescriptor[]> {
  const isList = ({ mediaType, annotations }: LayoutDescriptor): boolean =>
    mediaType === mediaTypes.ociIndex && isReferrersTag(annotations?.[refName] ?? '')
  const listed: LayoutDescriptor[] = []
  for (const list of descriptors.filter(isList)) {
    const limits = { manifestBytes: layoutLimits.indexBytes, linksPerManifest: layoutLimits.manifests }
    const { manifest } = await readLayoutManifest(from, list, limits, signal)
    listed.push(...manifest.manifests)
    if (listed.length > layoutLimits.manifests) throw tooLarge('manifests', layoutLimits.manifests)
  }
  // As lists describe them they have no names: an annotation of that key would be the manifest's own.
  const nameless = listed.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }))
  return [...descriptors.filter((descriptor) => !isList(descriptor)), ...nameless]
}

/** The bytes that a descriptor speaks of, verified, and what they say. */
export async function readLayoutManifest(
  from: DirectoryReader,
  { digest, size, mediaType }: LayoutDescriptor,
  limits: { readonly manifestBytes: number; readonly linksPerManifest: number },
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly manifest: Manifest }> {
  const path = layoutPathOf(digest)
  const bytes = await readWhole(from, path, limits.manifestBytes, signal)
  if (bytes === undefined) throw refusedLayout(`${path} is missing`)
  if (bytes.length !== size) throw refusedLayout(`${path} has ${bytes.length} bytes and not ${size}`)
  if (digestOf(bytes, digestAlgorithm(digest)) !== digest) throw refusedLayout(`${path} has another digest`)
  return { bytes, manifest: parsed(path, bytes, mediaType, limits.linksPerManifest) }
}

async function requireLayout(from: DirectoryReader, signal: AbortSignal): Promise<void> {
  const bytes = await readWhole(from, layoutFile, layoutFileBytes, signal)
  if (bytes === undefined) throw refusedLayout(await whyNoLayout(from))
  const read = parseStrictJson(bytes, 8)
  const version = read.ok && isJsonObject(read.value) ? read.value['imageLayoutVersion'] : undefined
  if (version !== layoutVersion) throw refusedLayout(`${layoutFile} does not say version ${layoutVersion}`)
}

/** Most who bring something else have let docker or podman save an image in its own form. */
async function whyNoLayout(from: DirectoryReader): Promise<string> {
  const isSaved = (await from.size(savedFile)) !== undefined
  return isSaved
    ? `it was saved for docker load: save it as a layout, with --format oci-archive or \`skopeo copy docker-archive:<file> oci:<folder>:<tag>\``
    : `${layoutFile} is missing: this is no image layout`
}

const savedFile = 'manifest.json'

function parsed(path: string, bytes: Uint8Array, mediaType: string, links: number): Manifest {
  try {
    return parseManifest(bytes, mediaType, { ...defaultManifestLimits, links })
  } catch (error) {
    if (!isRegistryError(error, 'manifest-invalid')) throw error
    throw refusedLayout(`${path}: ${error.data.reason}`)
  }
}

/** Some write the tag alone, as the specification shows it, and some the whole name of the image. */
function tagOf(name: string): Tag | undefined {
  if (name.includes('@')) return undefined
  const last = name.slice(name.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  if (colon === -1 && last !== name) return undefined
  const tag = last.slice(colon + 1)
  return isTag(tag) ? tag : undefined
}
