import { hash } from 'node:crypto'

/** What every server and file system takes, and room for a prefix. */
const mostBytes = 180
const asItIs = /^[!-"$-~][!-~]*$/
const hashed = /^#[\w-]{43}$/

/** The key itself where any server takes it, else its hash. The short key of a short key is itself. */
export function shortKey(key: string): string {
  if (key.length <= mostBytes && (asItIs.test(key) || hashed.test(key))) return key
  // As it stands in memory: UTF-8 knows no lone surrogates.
  return `#${hash('sha256', Buffer.from(key, 'utf16le'), 'base64url')}`
}
