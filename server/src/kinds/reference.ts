import { isSemverRange } from '../domain/semver-range.ts'

/** What a document or a source says that it needs. */
export interface Named {
  /** `kind:namespace/name`, `namespace/name`, or the name that its own ecosystem knows it by. */
  readonly target: string
  /** A semver range; empty: any version. */
  readonly range: string
}

/** In bytes of its UTF-8: it stands in the keys of a store, which are bounded (`storeLimits.bytesPerKey`). */
export const longestReference = 1_024

const utf8 = new TextEncoder()

export const isLongReference = (text: string): boolean =>
  text.length > longestReference || utf8.encode(text).length > longestReference

/** Reads `[kind:]namespace/name[@range]`; the name may have an @ at its start. A text: why it is no such name. */
export function readReference(written: string): Named | string {
  const text = written.trim()
  if (isLongReference(text)) return `it is longer than ${longestReference} bytes`
  const at = text.indexOf('@', 1)
  const target = at === -1 ? text : text.slice(0, at)
  const range = at === -1 ? '' : text.slice(at + 1).trim()
  if (target === '' || target === '@') return 'it names nothing'
  if (/[\s\p{Cc}]/u.test(target)) return 'a name has no blanks in it'
  if (range === '' && at !== -1) return 'after the @ follows a range of versions, such as ^1.2'
  if (range !== '' && !isSemverRange(range))
    return 'what follows the @ is no range of versions, such as ^1.2, ~1.2.3 or >=1 <3'
  return { target, range }
}
