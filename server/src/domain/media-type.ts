import { RegistryError } from './error.ts'
import { splitHeader } from './header-list.ts'

/** `type/subtype`, lower case, without parameters. */
export type MediaType = string & { readonly brand: 'MediaType' }

/** Those that Lading knows more of than their name. */
export const mediaTypes: Readonly<Record<KnownMediaType, MediaType>> = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json' as MediaType,
  ociIndex: 'application/vnd.oci.image.index.v1+json' as MediaType,
  ociArtifact: 'application/vnd.oci.artifact.manifest.v1+json' as MediaType,
  ociConfig: 'application/vnd.oci.image.config.v1+json' as MediaType,
  ociEmpty: 'application/vnd.oci.empty.v1+json' as MediaType,
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json' as MediaType,
  dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json' as MediaType,
  dockerConfig: 'application/vnd.docker.container.image.v1+json' as MediaType,
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json' as MediaType,
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws' as MediaType,
}

type KnownMediaType =
  | 'ociManifest'
  | 'ociIndex'
  | 'ociArtifact'
  | 'ociConfig'
  /** The two bytes `{}`. */
  | 'ociEmpty'
  | 'dockerManifest'
  | 'dockerManifestList'
  | 'dockerConfig'
  | 'dockerSchema1'
  | 'dockerSchema1Signed'

export const maxMediaType = 255

const maxAccept = 16_384

/** RFC 6838 section 4.2. */
const restrictedName = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i

/** Layers that a registry need not hold: their bytes come from elsewhere, as their licences demand. */
const foreignLayers = [
  'application/vnd.oci.image.layer.nondistributable.v1.tar',
  'application/vnd.docker.image.rootfs.foreign.diff.tar',
] as const

/**
 * @param parameter how to call it in the error
 * @throws RegistryError `parameter-invalid`: not of RFC 6838's form, or too long
 */
export function parseMediaType(text: string, parameter = 'Content-Type'): MediaType {
  const essence = essenceOf(text)
  if (essence === undefined) {
    throw new RegistryError('parameter-invalid', { parameter, reason: 'it is not of the form type/subtype' })
  }
  return essence
}

/** True where `text`, parameters aside, is a media type. */
export function isMediaType(text: string): boolean {
  return essenceOf(text) !== undefined
}

/** `application/json` or any `+json`. */
export function isJsonMediaType(type: MediaType): boolean {
  return type.endsWith('/json') || type.endsWith('+json')
}

export function isForeignMediaType(type: string): boolean {
  const essence = essenceOf(type) ?? ''
  return foreignLayers.some((layer) => essence === layer || /^[.+][a-z]+$/.test(restOf(essence, layer)))
}

/**
 * Whether an Accept header takes `type`. The most exact range decides (RFC 9110 section 12.5.1), and a weight of 0
 * refuses. No header takes all, as does one that is too long to look at; malformed ranges are passed over.
 */
export function acceptsMediaType(accept: string | undefined, type: MediaType): boolean {
  if (accept === undefined || accept.length > maxAccept || accept.trim() === '') return true
  const wildcard = `${type.slice(0, type.indexOf('/'))}/*`
  let exactness = 0
  let accepted = false
  for (const range of splitHeader(accept, ',')) {
    const semicolon = range.indexOf(';')
    const name = (semicolon === -1 ? range : range.slice(0, semicolon)).trim().toLowerCase()
    const found = name === type ? 3 : name === wildcard ? 2 : name === '*/*' ? 1 : 0
    if (found === 0 || found < exactness) continue
    const taken = semicolon === -1 || !splitHeader(range.slice(semicolon), ';').some(isZeroWeight)
    accepted = found > exactness ? taken : accepted || taken
    exactness = found
  }
  return accepted
}

const isZeroWeight = (parameter: string): boolean => /^q=0(?:\.0{0,3})?$/i.test(parameter)

function restOf(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : ''
}

/** What a header field may hold. A manifest may hold anything, and what it says ends in logs and answers. */
const printable = /^[\t\x20-\x7e]*$/

function essenceOf(text: string): MediaType | undefined {
  if (!printable.test(text)) return undefined
  const semicolon = text.indexOf(';')
  const essence = (semicolon === -1 ? text : text.slice(0, semicolon)).trim()
  const slash = essence.indexOf('/')
  if (slash === -1 || essence.length > maxMediaType) return undefined
  if (!restrictedName.test(essence.slice(0, slash)) || !restrictedName.test(essence.slice(slash + 1))) {
    return undefined
  }
  return essence.toLowerCase() as MediaType
}
