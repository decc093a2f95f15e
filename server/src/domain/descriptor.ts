import { type Digest, digestAlgorithm, isDigest } from './digest.ts'
import { digestOf } from './digest-of.ts'
import { RegistryError } from './error.ts'
import { isMediaType, maxMediaType } from './media-type.ts'
import { isJsonObject, type JsonObject, memberOf } from './strict-json.ts'

export type Annotations = Readonly<Record<string, string>>

export interface Platform {
  readonly architecture?: string
  readonly os?: string
  readonly osVersion?: string
  readonly osFeatures?: readonly string[]
  readonly variant?: string
}

/** What a manifest says of content that stands elsewhere (OCI image-spec, descriptor.md). */
export interface Descriptor {
  /** As written: parameters and capitals are kept. */
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
  readonly urls?: readonly string[]
  readonly annotations?: Annotations
  readonly artifactType?: string
  readonly platform?: Platform
}

export interface AnnotationLimits {
  readonly count: number
  /** Characters of all keys and values of one object. */
  readonly size: number
}

/**
 * @param path where it stands, for the reason
 * @throws RegistryError `manifest-invalid`
 */
export function parseDescriptor(value: unknown, path: string, limits: AnnotationLimits): Descriptor {
  if (!isJsonObject(value)) throw malformed(path, 'is not an object')
  const digest = parseDigestMember(value, path)
  const size = parseSize(value, path)
  checkData(value, path, digest, size)
  const urls = parseTexts(memberOf(value, 'urls'), `${path}.urls`)
  const annotations = parseAnnotations(memberOf(value, 'annotations'), `${path}.annotations`, limits)
  const artifactType = parseOptionalMediaType(value, 'artifactType', path)
  const platform = parsePlatform(memberOf(value, 'platform'), `${path}.platform`)
  return {
    mediaType: parseMediaTypeMember(value, path),
    digest,
    size,
    ...(urls && { urls }),
    ...(annotations && { annotations }),
    ...(artifactType !== undefined && { artifactType }),
    ...(platform && { platform }),
  }
}

/** undefined where there are none. @throws RegistryError `manifest-invalid` */
export function parseAnnotations(
  value: unknown,
  path: string,
  limits: AnnotationLimits,
): Annotations | undefined {
  if (value === undefined) return undefined
  if (!isJsonObject(value)) throw malformed(path, 'is not an object')
  const entries = Object.entries(value)
  if (entries.length > limits.count) throw malformed(path, `has more than ${limits.count} members`)
  let size = 0
  for (const [key, text] of entries) {
    if (typeof text !== 'string') throw malformed(`${path}[${shown(key)}]`, 'is not a string')
    size += key.length + text.length
  }
  if (size > limits.size) throw malformed(path, `is longer than ${limits.size} characters`)
  // Members are defined and not assigned, so that a key `__proto__` is one like any other.
  return Object.fromEntries(entries) as Annotations
}

/** undefined where it is missing or empty, which mean the same. @throws RegistryError `manifest-invalid` */
export function parseOptionalMediaType(object: JsonObject, member: string, path: string): string | undefined {
  const value = memberOf(object, member)
  if (value === undefined || value === '') return undefined
  return checkedMediaType(value, path === '' ? member : `${path}.${member}`)
}

export function malformed(path: string, what: string): RegistryError<'manifest-invalid'> {
  return new RegistryError('manifest-invalid', { reason: `${path} ${what}` })
}

function parseMediaTypeMember(object: JsonObject, path: string): string {
  return checkedMediaType(memberOf(object, 'mediaType'), `${path}.mediaType`)
}

function checkedMediaType(value: unknown, path: string): string {
  if (typeof value !== 'string') throw malformed(path, 'is not a string')
  if (value.length > maxMediaType) throw malformed(path, `is longer than ${maxMediaType} characters`)
  if (!isMediaType(value)) throw malformed(path, 'is not of the form type/subtype')
  return value
}

function parseDigestMember(object: JsonObject, path: string): Digest {
  const value = memberOf(object, 'digest')
  if (typeof value !== 'string') throw malformed(`${path}.digest`, 'is not a string')
  if (!isDigest(value)) throw malformed(`${path}.digest`, 'is not a digest of a supported algorithm')
  return value
}

function parseSize(object: JsonObject, path: string): number {
  const value = memberOf(object, 'size')
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw malformed(`${path}.size`, 'is not a whole number of bytes')
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Content may be embedded, and is believed only if it is that content (image-spec, "Embedded Content"). */
function checkData(object: JsonObject, path: string, digest: Digest, size: number): void {
  const value = memberOf(object, 'data')
  if (value === undefined) return
  if (typeof value !== 'string' || value.length % 4 !== 0 || !base64.test(value)) {
    throw malformed(`${path}.data`, 'is not base64')
  }
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length !== size)
    throw malformed(`${path}.data`, `has ${bytes.length} bytes where size says ${size}`)
  if (digestOf(bytes, digestAlgorithm(digest)) !== digest) {
    throw malformed(`${path}.data`, 'does not have the digest that stands beside it')
  }
}

function parsePlatform(value: unknown, path: string): Platform | undefined {
  if (value === undefined) return undefined
  if (!isJsonObject(value)) throw malformed(path, 'is not an object')
  const architecture = parseText(value, 'architecture', path)
  const os = parseText(value, 'os', path)
  const osVersion = parseText(value, 'os.version', path)
  const osFeatures = parseTexts(memberOf(value, 'os.features'), `${path}["os.features"]`)
  const variant = parseText(value, 'variant', path)
  return {
    ...(architecture !== undefined && { architecture }),
    ...(os !== undefined && { os }),
    ...(osVersion !== undefined && { osVersion }),
    ...(osFeatures && { osFeatures }),
    ...(variant !== undefined && { variant }),
  }
}

function parseText(object: JsonObject, member: string, path: string): string | undefined {
  const value = memberOf(object, member)
  if (value === undefined || typeof value === 'string') return value
  throw malformed(`${path}[${shown(member)}]`, 'is not a string')
}

function parseTexts(value: unknown, path: string): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value
  throw malformed(path, 'is not a list of strings')
}

const shown = (key: string): string => JSON.stringify(key.length > 60 ? `${key.slice(0, 57)}...` : key)
