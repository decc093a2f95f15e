import { type EntityTags, matchesWeakly, parseEntityTags } from '../domain/etag.ts'
import type { Exchange } from './exchange.ts'

/** True where If-None-Match names the current entity tag: the client has it already, and 304 says so. */
export function isUnchanged(exchange: Exchange, etag: string): boolean {
  const header = exchange.header('if-none-match')
  return header !== undefined && matchesWeakly(parseEntityTags(header, 'If-None-Match'), etag)
}

/** The Range header, unless If-Range says that the client's part is of something else (RFC 9110 section 13.1.5). */
export function rangeHeader(exchange: Exchange, etag: string): string | undefined {
  const range = exchange.header('range')
  const condition = exchange.header('if-range')
  return range === undefined || condition === undefined || condition === `"${etag}"` ? range : undefined
}

/** @throws RegistryError `parameter-invalid` */
export function entityTags(exchange: Exchange, name: 'If-Match' | 'If-None-Match'): EntityTags | undefined {
  const header = exchange.header(name === 'If-Match' ? 'if-match' : 'if-none-match')
  return header === undefined ? undefined : parseEntityTags(header, name)
}
