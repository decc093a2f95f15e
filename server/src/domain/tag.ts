import { type Digest, parseDigest } from './digest.ts'
import { RegistryError } from './error.ts'

/** A movable name for a manifest, of the distribution spec's grammar ("Pulling manifests"). */
export type Tag = string & { readonly brand: 'Tag' }

export const maxTagLength = 128

/** What clients ask for that are told no tag. */
export const latestTag: Tag = 'latest' as Tag

const grammar = /^[a-zA-Z0-9_][a-zA-Z0-9._-]*$/

export type TagOrDigest =
  | { readonly kind: 'tag'; readonly tag: Tag }
  | { readonly kind: 'digest'; readonly digest: Digest }

/** @throws RegistryError `tag-invalid` */
export function parseTag(text: string): Tag {
  const reason = whyNotTag(text)
  if (reason !== undefined) throw new RegistryError('tag-invalid', { tag: text, reason })
  return text as Tag
}

export function isTag(text: string): text is Tag {
  return whyNotTag(text) === undefined
}

/**
 * What stands where a manifest is named. A colon, which no tag has, makes it a digest.
 * @throws RegistryError `tag-invalid` or `digest-invalid`
 */
export function parseTagOrDigest(text: string): TagOrDigest {
  return text.includes(':')
    ? { kind: 'digest', digest: parseDigest(text) }
    : { kind: 'tag', tag: parseTag(text) }
}

function whyNotTag(text: string): string | undefined {
  if (text === '') return 'it is empty'
  if (text.length > maxTagLength) return `it is longer than ${maxTagLength} characters`
  return grammar.test(text) ? undefined : 'it is of A-Z a-z 0-9 . _ - and begins with neither . nor -'
}
