import { RegistryError } from './error.ts'

/** RFC 9110 section 8.8.3. `value` is what stands between the quotes. */
export interface EntityTag {
  readonly value: string
  readonly weak: boolean
}

/** `any`: the header was `*`, which stands for whatever is there. */
export type EntityTags = 'any' | readonly EntityTag[]

const maxHeader = 16_384

/**
 * One tag or none, and the comma after it; blanks before it are gone with the comma before. Some clients send a
 * digest as they got it, without quotes: read as a strong tag.
 */
const element = /(?:(W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"|([^\s",*]+))?[ \t]*(?:,[ \t]*|$)/y

/**
 * Reads If-Match or If-None-Match (RFC 9110 sections 13.1.1 and 13.1.2).
 * @param name of the header, for the reason
 * @throws RegistryError `parameter-invalid`: malformed, too long, or without any tag
 */
export function parseEntityTags(header: string, name: string): EntityTags {
  if (header.length > maxHeader) throw invalid(name, `it is longer than ${maxHeader} characters`)
  const list = header.trim()
  if (list === '*') return 'any'
  const tags: EntityTag[] = []
  element.lastIndex = 0
  while (element.lastIndex < list.length) {
    const match = element.exec(list)
    if (match === null) throw invalid(name, 'it is neither * nor a list of entity tags')
    const value = match[2] ?? match[3]
    if (value !== undefined) tags.push({ value, weak: match[1] !== undefined })
  }
  if (tags.length === 0) throw invalid(name, 'it names no entity tag')
  return tags
}

/** For If-Match: weak tags never match (section 8.8.3.2). `current`: undefined where there is nothing. */
export function matchesStrongly(tags: EntityTags, current: string | undefined): boolean {
  if (current === undefined) return false
  return tags === 'any' || tags.some((tag) => !tag.weak && tag.value === current)
}

/** For If-None-Match, whose condition holds where this is false. */
export function matchesWeakly(tags: EntityTags, current: string | undefined): boolean {
  if (current === undefined) return false
  return tags === 'any' || tags.some((tag) => tag.value === current)
}

/** @param value without quotes, as digests and numbers are */
export function formatEntityTag(value: string, weak = false): string {
  return weak ? `W/"${value}"` : `"${value}"`
}

function invalid(parameter: string, reason: string): RegistryError {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
