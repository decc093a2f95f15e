import { RegistryError } from './error.ts'
import {
  defaultNamespace,
  isRepositorySegment,
  maxRepositoryName,
  type Namespace,
  parseNamespace,
} from './repository-name.ts'
import { isReservedName } from './reserved-names.ts'
import { isTag, maxTagLength, type Tag } from './tag.ts'

/*
 * Foreign ecosystems allow names and versions that no OCI path segment or tag may be. One encoding carries them over
 * and back. What is allowed already stands for itself; the rest is *escaped*:
 *
 *   1. Each character that may not stand where it stands, and each `_`, becomes `__` and two hex digits for each
 *      byte of its UTF-8: `1.0+5` is `1.0__2b5`. At least one is escaped.
 *   2. Nothing begins with `__`: before an escape at the start stands an `x`. `Foo` is `x__46oo`. That this `x`, and
 *      the `z` below, say one thing only, an `x` or `z` at the start of what is escaped is escaped itself.
 *   3. A name that is allowed, but reads as an escaped one, gets a `z` in front, and so does one that begins with
 *      such `z`s: `1.0__2b5` itself is `z1.0__2b5`.
 *
 * So every allowed segment or tag stands for exactly one foreign name, and none for two. Helm's `_` for `+` is not
 * among the rules: it is that client's own, and to Lading the tag `1.0_5` is the version `1.0_5`.
 */
interface Target {
  /** What stands for itself. */
  allows(text: string): boolean
  /** Whether the character at `at` may stay as it is; never for `_`. */
  keeps(text: string, at: number): boolean
}

const isLowerOrDigit = (char: string | undefined): boolean => char !== undefined && /^[a-z0-9]$/.test(char)
const isSeparator = (char: string | undefined): boolean => char === '.' || char === '-'

const segment: Target = {
  allows: isRepositorySegment,
  keeps: (text, at) =>
    isLowerOrDigit(text[at]) ||
    (isSeparator(text[at]) && isLowerOrDigit(text[at - 1]) && isLowerOrDigit(text[at + 1])),
}

/** The names of kinds and protocols are escaped, and so is the namespace of packages that have none. */
const namespace: Target = {
  allows: (text) => isRepositorySegment(text) && !isReservedName(text) && text !== defaultNamespace,
  keeps: segment.keeps,
}

const tag: Target = {
  allows: isTag,
  keeps: (text, at) => /^[A-Za-z0-9]$/.test(text[at] ?? '') || (at > 0 && isSeparator(text[at])),
}

/** @throws RegistryError `name-invalid`: empty, not Unicode text, with a NUL, or too long once escaped */
export function encodeForeignName(name: string): string {
  return encodeName(name, segment)
}

/** What `encodeForeignName` made `part` of. @throws RegistryError `name-invalid`: `part` is no path segment */
export function decodeForeignName(part: string): string {
  if (!isRepositorySegment(part)) throw invalidName(part, 'it is not a path segment')
  return decode(part, segment)
}

/**
 * A package's name as npm writes it, as namespace and name: `@scope/name` is `scope/name`, and a name without a
 * scope is in `library`.
 * @throws RegistryError `name-invalid`
 */
export function encodePackageName(name: string): { readonly namespace: Namespace; readonly name: string } {
  if (!name.startsWith('@')) return { namespace: defaultNamespace, name: encodeForeignName(name) }
  const slash = name.indexOf('/')
  if (slash === -1) throw invalidName(name, 'after a scope follows a slash and a name')
  const scope = name.slice(1, slash)
  return {
    namespace: encodeForeignNamespace(scope),
    name: encodeForeignName(name.slice(slash + 1)),
  }
}

/** Whoever owns something, by any name, as a namespace. @throws RegistryError `name-invalid` */
export function encodeForeignNamespace(owner: string): Namespace {
  return parseNamespace(encodeName(owner, namespace))
}

/** What `encodeForeignNamespace` made the namespace of. */
export function decodeForeignNamespace(of: Namespace): string {
  return decode(of, namespace)
}

/** The inverse of `encodePackageName`. @throws RegistryError `name-invalid`: `part` is no path segment */
export function decodePackageName(owner: Namespace, part: string): string {
  const name = decodeForeignName(part)
  return owner === defaultNamespace ? name : `@${decode(owner, namespace)}/${name}`
}

/** @throws RegistryError `tag-invalid`: empty, not Unicode text, with a NUL, or too long once escaped */
export function encodeForeignVersion(version: string): Tag {
  const reason = whyNotText(version)
  if (reason !== undefined) throw new RegistryError('tag-invalid', { tag: version, reason })
  const encoded = version.length > maxTagLength ? version : encode(version, tag)
  if (encoded.length > maxTagLength) {
    throw new RegistryError('tag-invalid', {
      tag: version,
      reason: `as a tag it is longer than ${maxTagLength} characters`,
    })
  }
  return encoded as Tag
}

/** What `encodeForeignVersion` made the tag of. Every tag is one. */
export function decodeForeignVersion(of: Tag): string {
  return decode(of, tag)
}

function encode(text: string, target: Target): string {
  if (!target.allows(text)) return escapeText(text, target)
  return readEscaped(withoutShift(text), target) === undefined ? text : `z${text}`
}

function decode(encoded: string, target: Target): string {
  const inner = withoutShift(encoded)
  const text = readEscaped(inner, target)
  if (text === undefined) return encoded
  return inner === encoded ? text : encoded.slice(1)
}

const withoutShift = (text: string): string => text.replace(/^z+/, '')

const utf8 = new TextEncoder()
const fatalUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function escapeText(text: string, target: Target): string {
  const first = mustEscapeFirst(text, target) ? 0 : -1
  let escaped = first === 0 ? 'x' : ''
  let at = 0
  for (const char of text) {
    escaped += at !== first && target.keeps(text, at) ? char : escapeChar(char)
    at += char.length
  }
  return escaped
}

function mustEscapeFirst(text: string, target: Target): boolean {
  if (text.startsWith('x') || text.startsWith('z') || !target.keeps(text, 0)) return true
  for (let at = 0; at < text.length; at++) if (!target.keeps(text, at)) return false
  return true
}

function escapeChar(char: string): string {
  return Array.from(utf8.encode(char), (byte) => `__${byte.toString(16).padStart(2, '0')}`).join('')
}

/** undefined where `escapeText` makes `encoded` of nothing. */
function readEscaped(encoded: string, target: Target): string | undefined {
  if (!/__[0-9a-f]{2}/.test(encoded)) return undefined
  const source = encoded.startsWith('x__') ? encoded.slice(1) : encoded
  const bytes: number[] = []
  for (let at = 0; at < source.length; at++) {
    const hex = /^__([0-9a-f]{2})/.exec(source.slice(at, at + 4))?.[1]
    bytes.push(hex === undefined ? source.charCodeAt(at) : Number.parseInt(hex, 16))
    if (hex !== undefined) at += 3
  }
  const text = decodeUtf8(Uint8Array.from(bytes))
  if (text === undefined || whyNotText(text) !== undefined || target.allows(text)) return undefined
  return escapeText(text, target) === encoded ? text : undefined
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return fatalUtf8.decode(bytes)
  } catch {
    return undefined
  }
}

function encodeName(name: string, target: Target): string {
  const reason = whyNotText(name)
  if (reason !== undefined) throw invalidName(name, reason)
  const encoded = name.length > maxRepositoryName ? name : encode(name, target)
  if (encoded.length > maxRepositoryName) {
    throw invalidName(name, `as a path it is longer than ${maxRepositoryName} characters`)
  }
  return encoded
}

function whyNotText(text: string): string | undefined {
  if (text === '') return 'it is empty'
  if (text.includes('\0')) return 'it has a NUL character'
  return text.isWellFormed() ? undefined : 'it is not Unicode text'
}

function invalidName(name: string, reason: string): RegistryError {
  return new RegistryError('name-invalid', { name, reason })
}
