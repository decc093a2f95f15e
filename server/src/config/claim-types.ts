import type { ClaimPatterns } from '../domain/claims.ts'
import { isLoopbackUrl } from '../domain/loopback-url.ts'
import { isPermission, type Permission } from '../domain/permission.ts'
import { isRecord } from './read-fields.ts'
import { type Reading, shown, shownPlace } from './setting-type.ts'

const mostClaims = 30
const mostPatterns = 50
const longest = 500
const word = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/
const subject = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/

/** By claim, a pattern or a list of them. */
export function readPatterns(raw: unknown, reading: Reading): ClaimPatterns {
  const wanted =
    'wants claims with what they have to be, such as { hd: example.com } or { ref: ["refs/tags/*"] }'
  if (!isRecord(raw) || Object.keys(raw).length > mostClaims) {
    reading.complain(`${wanted}, not ${shown(raw)}`)
    return {}
  }
  const read: Record<string, readonly string[]> = {}
  for (const [claim, given] of Object.entries(raw)) {
    const list: readonly unknown[] = Array.isArray(given) ? given : [given]
    const texts = list.filter((one) => isShort(one)).map(String)
    if (
      claim === '__proto__' ||
      list.length === 0 ||
      list.length > mostPatterns ||
      texts.length < list.length
    )
      reading.complain(`wants a text or a list of texts, not ${shown(given)}`, [claim])
    else read[claim] = Object.freeze(texts)
  }
  return Object.freeze(read)
}

/** A number or a truth value is compared as it is written. */
function isShort(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true
  return typeof value === 'string' && value !== '' && value.length <= longest
}

/** A word that stands in paths and messages. */
export function readWord(raw: unknown, reading: Reading): string | undefined {
  if (typeof raw === 'string' && word.test(raw)) return raw
  return reading.complain(`wants up to 40 of a-z, digits and hyphens, such as example, not ${shown(raw)}`)
}

/** `acme/release`, `acme/ci` */
export function isPair(raw: unknown): raw is string {
  return typeof raw === 'string' && raw.length <= 130 && subject.test(raw)
}

/** As tokens say it: compared as a text. TLS, but on this machine. */
export function readIssuer(raw: unknown, reading: Reading): string | undefined {
  const url = typeof raw === 'string' && raw.length <= longest ? URL.parse(raw) : null
  const isOne =
    url !== null && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (isOne && (url.protocol === 'https:' || isLoopbackUrl(String(raw)))) return String(raw)
  return reading.complain(`wants an https URL, such as https://accounts.example.com, not ${shownPlace(raw)}`)
}

/** A line of text without control characters; with a default, it may be missing. */
export function readText(raw: unknown, reading: Reading, usual?: string): string | undefined {
  if (raw === undefined && usual !== undefined) return usual
  const isOne = typeof raw === 'string' && raw.trim() !== '' && raw.length <= longest && !/\p{Cc}/u.test(raw)
  return isOne ? raw : reading.complain(`wants a text of at most ${longest} characters`)
}

export function readTexts(raw: unknown, reading: Reading, usual: readonly string[]): readonly string[] {
  if (raw === undefined) return usual
  const isList = Array.isArray(raw) && raw.length <= mostPatterns
  const texts = isList
    ? raw.filter((one): one is string => typeof one === 'string' && /^\S{1,200}$/.test(one))
    : []
  if (!isList || texts.length < raw.length) reading.complain(`wants a list of words, not ${shown(raw)}`)
  return Object.freeze(texts)
}

export function readFlag(raw: unknown, reading: Reading, usual: boolean): boolean {
  if (raw === undefined) return usual
  if (typeof raw === 'boolean') return raw
  reading.complain(`wants true or false, not ${shown(raw)}`)
  return usual
}

export function readPermissions(raw: unknown, reading: Reading): readonly Permission[] | undefined {
  if (raw === undefined) return undefined
  const texts = readTexts(raw, reading, [])
  const strange = texts.find((one) => !isPermission(one))
  if (strange !== undefined) reading.complain(`names the permission ${shown(strange)}, which there is not`)
  return Object.freeze(texts.filter(isPermission))
}
