import {
  type AnnotationLimits,
  type Annotations,
  type Descriptor,
  malformed,
  parseAnnotations,
  parseDescriptor,
  parseOptionalMediaType,
} from './descriptor.ts'
import { isRegistryError, RegistryError } from './error.ts'
import { type Link, linksOf } from './manifest-links.ts'
import { isJsonMediaType, type MediaType, mediaTypes, parseMediaType } from './media-type.ts'
import { isJsonObject, type JsonObject, memberOf, parseStrictJson } from './strict-json.ts'

export interface ManifestLimits {
  readonly depth: number
  readonly links: number
  readonly annotations: AnnotationLimits
}

/** A store's batch holds two changes a link; manifests of 4 MiB that are mostly annotations must pass. */
export const defaultManifestLimits: ManifestLimits = {
  depth: 32,
  links: 400,
  annotations: { count: 1_000, size: 4_194_304 },
}

export interface Manifest {
  readonly mediaType: MediaType
  /** What a referrers list says: of an index that declares none it is undefined. */
  readonly artifactType: string | undefined
  readonly config?: Descriptor
  /** `layers`, or the `blobs` of an artifact manifest, in their order and with repeats. */
  readonly layers: readonly Descriptor[]
  /** Of an index. */
  readonly manifests: readonly Descriptor[]
  /** What this speaks of. Need not be there, and is no link. */
  readonly subject?: Descriptor
  readonly annotations: Annotations
  /** What the repository must hold. Once for each digest and store it stands in. */
  readonly links: readonly Link[]
}

/**
 * Reads a manifest of any media type. Of those that Lading knows, what is malformed is refused; of others, members
 * of the known shape count where they are well-formed. Content of a type that is not JSON has no links.
 *
 * @param contentType as sent; where it is undefined the `mediaType` member decides, and at last the shape
 * @throws RegistryError `manifest-invalid`, with the path of the member; `manifest-too-many-links`; `unsupported`
 *   for Docker's schema 1
 */
export function parseManifest(
  bytes: Uint8Array,
  contentType: string | undefined,
  limits: ManifestLimits = defaultManifestLimits,
): Manifest {
  const declared = contentType === undefined ? undefined : parseContentType(contentType)
  refuseSchema1(declared)
  const parsed = parseStrictJson(bytes, limits.depth)
  const opaque = declared !== undefined && !isJsonMediaType(declared)
  if (!parsed.ok) {
    if (opaque) return emptyManifest(declared)
    throw malformed('the body', `cannot be read: ${parsed.reason}`)
  }
  if (!isJsonObject(parsed.value)) {
    if (opaque) return emptyManifest(declared)
    throw malformed('the body', 'is not a JSON object')
  }
  const mediaType = mediaTypeOf(parsed.value, declared)
  refuseSchema1(mediaType)
  const shape = shapes.get(mediaType)
  const read = (): Manifest => readMembers(parsed.value as JsonObject, mediaType, limits)
  if (shape === undefined) return readIfWellFormed(read, parsed.value, mediaType, limits)
  checkShape(parsed.value, shape)
  return read()
}

interface Shape {
  readonly version?: 2
  readonly required: readonly string[]
  /** One document must not be read as two things (image-spec, "Media Type Conflicts"). */
  readonly refused: readonly string[]
}

const image: Shape = { version: 2, required: ['config'], refused: ['manifests', 'blobs'] }
const index: Shape = { version: 2, required: [], refused: ['config', 'layers', 'blobs'] }
const artifact: Shape = { required: [], refused: ['config', 'layers', 'manifests'] }

const shapes: ReadonlyMap<MediaType, Shape> = new Map([
  [mediaTypes.ociManifest, image],
  [mediaTypes.dockerManifest, image],
  [mediaTypes.ociIndex, index],
  [mediaTypes.dockerManifestList, index],
  [mediaTypes.ociArtifact, artifact],
])

const withoutOwnArtifactType: ReadonlySet<MediaType> = new Set([
  mediaTypes.ociIndex,
  mediaTypes.dockerManifestList,
])

function checkShape(object: JsonObject, shape: Shape): void {
  if (shape.version !== undefined && memberOf(object, 'schemaVersion') !== shape.version) {
    throw malformed('schemaVersion', `is not ${shape.version}`)
  }
  for (const member of shape.required) {
    if (memberOf(object, member) === undefined) throw malformed(member, 'is missing')
  }
  for (const member of shape.refused) {
    if (memberOf(object, member) !== undefined) throw malformed(member, 'does not belong to this media type')
  }
}

function readMembers(object: JsonObject, mediaType: MediaType, limits: ManifestLimits): Manifest {
  const one = (member: string): Descriptor | undefined => {
    const value = memberOf(object, member)
    return value === undefined ? undefined : parseDescriptor(value, member, limits.annotations)
  }
  const list = (member: string): Descriptor[] => parseList(memberOf(object, member), member, limits)
  const config = one('config')
  const subject = one('subject')
  const layers = [...list('layers'), ...list('blobs')]
  const manifests = list('manifests')
  const ownType = parseOptionalMediaType(object, 'artifactType', '')
  return {
    mediaType,
    artifactType: ownType ?? (withoutOwnArtifactType.has(mediaType) ? undefined : config?.mediaType),
    ...(config && { config }),
    layers,
    manifests,
    ...(subject && { subject }),
    annotations: parseAnnotations(memberOf(object, 'annotations'), 'annotations', limits.annotations) ?? {},
    links: linksOf({ config, layers, manifests }, limits.links),
  }
}

/** A foreign type may use our members' names in its own sense: then it has no links, and that is no error. */
function readIfWellFormed(
  read: () => Manifest,
  object: JsonObject,
  mediaType: MediaType,
  limits: ManifestLimits,
): Manifest {
  try {
    return read()
  } catch (error) {
    if (!isRegistryError(error, 'manifest-invalid')) throw error
    return { ...emptyManifest(mediaType), ...lenientFacts(object, limits) }
  }
}

/** What can be said of a manifest whose descriptors are not ours. */
function lenientFacts(
  object: JsonObject,
  limits: ManifestLimits,
): Partial<Pick<Manifest, 'artifactType' | 'annotations' | 'subject'>> {
  return {
    ...attempt(() => ({ artifactType: parseOptionalMediaType(object, 'artifactType', '') })),
    ...attempt(() => ({
      annotations: parseAnnotations(memberOf(object, 'annotations'), 'annotations', limits.annotations) ?? {},
    })),
    ...attempt(() => ({
      subject: parseDescriptor(memberOf(object, 'subject'), 'subject', limits.annotations),
    })),
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isRegistryError(error, 'manifest-invalid')) return undefined
    throw error
  }
}

function parseList(value: unknown, member: string, limits: ManifestLimits): Descriptor[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw malformed(member, 'is not a list')
  return value.map((item, at) => parseDescriptor(item, `${member}[${at}]`, limits.annotations))
}

function emptyManifest(mediaType: MediaType): Manifest {
  return { mediaType, artifactType: undefined, layers: [], manifests: [], annotations: {}, links: [] }
}

function parseContentType(text: string): MediaType {
  try {
    return parseMediaType(text)
  } catch (error) {
    throw new RegistryError(
      'manifest-invalid',
      { reason: 'Content-Type is not of the form type/subtype' },
      { cause: error },
    )
  }
}

function mediaTypeOf(object: JsonObject, declared: MediaType | undefined): MediaType {
  const own = parseOptionalMediaType(object, 'mediaType', '')
  if (own === undefined) return declared ?? guess(object)
  const type = parseMediaType(own)
  if (declared !== undefined && declared !== type) {
    throw malformed('mediaType', `is ${type}, but Content-Type is ${declared}`)
  }
  return type
}

function guess(object: JsonObject): MediaType {
  if (memberOf(object, 'manifests') !== undefined) return mediaTypes.ociIndex
  if (memberOf(object, 'config') !== undefined) return mediaTypes.ociManifest
  throw malformed('mediaType', 'is missing, and so is Content-Type')
}

function refuseSchema1(type: MediaType | undefined): void {
  if (type === mediaTypes.dockerSchema1 || type === mediaTypes.dockerSchema1Signed) {
    throw new RegistryError('unsupported', { what: 'a manifest of Docker schema 1' })
  }
}
