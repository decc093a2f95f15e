import type { Digest } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest-of.ts'
import type { Manifest } from '../../domain/manifest.ts'
import { isMediaType } from '../../domain/media-type.ts'
import { checkText, invalid } from '../artifacts/check-metadata.ts'
import type { Core } from '../ledger/core.ts'
import { sourceBytes } from './authoring.ts'
import { titleAnnotation, type VersionFile } from './version-content.ts'

/** A file as others give it. */
export interface GivenFile {
  /** A path with forward slashes. */
  readonly name: unknown
  readonly mediaType?: unknown
  /** Text or bytes. */
  readonly bytes: unknown
}

/** Nobody who unpacks a version may write outside of the folder that it is unpacked to. */
function isSafePath(name: string): boolean {
  const hasControl = Array.from(name, (char) => char.charCodeAt(0)).some(
    (code) => code < 0x20 || code === 0x7f,
  )
  return (
    !hasControl && !name.includes('\\') && name.split('/').every((part) => !['', '.', '..'].includes(part))
  )
}

/** @throws RegistryError `artifact-invalid`, with the field */
export function filesIn({ limits }: Pick<Core, 'limits'>, given: unknown): readonly VersionFile[] {
  if (given === undefined) return []
  if (!Array.isArray(given)) throw invalid('files', 'it is not a list')
  if (given.length > limits.filesPerVersion)
    throw invalid('files', `it has more than ${limits.filesPerVersion} entries (limits.filesPerVersion)`)
  let room = limits.sourceBytes
  const files = (given as readonly GivenFile[]).map((file, at): VersionFile => {
    const field = `files/${at}`
    if (typeof file !== 'object' || file === null) throw invalid(field, 'it is no object')
    const name = checkText(file.name, `${field}/name`, limits.titleLength)
    if (!isSafePath(name)) throw invalid(`${field}/name`, 'it is no relative path with forward slashes')
    const mediaType = checkText(file.mediaType, `${field}/mediaType`, limits.titleLength)
    if (mediaType !== '' && !isMediaType(mediaType))
      throw invalid(`${field}/mediaType`, 'it is no media type')
    const bytes = sourceBytes(file.bytes, room, `${field}/bytes`)
    room -= bytes.length
    return { name, mediaType: mediaType || 'application/octet-stream', bytes }
  })
  const names = new Set(files.map(({ name }) => name))
  if (names.size < files.length) throw invalid('files', 'two of them have the same name')
  return files
}

/** Those of a version, beside its source. */
export function filesOf({ layers }: Manifest): readonly Extract<VersionFile, { readonly digest: Digest }>[] {
  return layers.slice(1).flatMap(({ annotations, mediaType, digest, size }) => {
    const name = annotations?.[titleAnnotation]
    return name === undefined ? [] : [{ name, mediaType, digest, size }]
  })
}

/** What is given takes the place of what has the same name; the rest stays, without those that are to go. */
export function mergedFiles(
  before: readonly VersionFile[],
  given: readonly VersionFile[],
  without: readonly string[],
): readonly VersionFile[] {
  const left = before.filter(({ name }) => !without.includes(name))
  return [...new Map([...left, ...given].map((file) => [file.name, file])).values()]
}

/** Whether a version that has the ones is the same as one that has the others. */
export function areSameFiles(one: readonly VersionFile[], other: readonly VersionFile[]): boolean {
  const described = (files: readonly VersionFile[]): string =>
    JSON.stringify(
      files.map((file) => [file.name, file.mediaType, 'digest' in file ? file.digest : digestOf(file.bytes)]),
    )
  return described(one) === described(other)
}
