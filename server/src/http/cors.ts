import type { Door } from './door.ts'
import type { Exchange } from './exchange.ts'
import { send } from './send.ts'

/** Pages of other web sites that may ask this registry (Fetch Standard, "CORS protocol"). */
export interface CorsSettings {
  /** As browsers write them; `*`: all. */
  readonly origins: ReadonlySet<string>
  readonly maxAgeMs: number
}

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const asked = [
  ...['Authorization', 'Content-Type', 'Content-Range', 'Range'],
  ...['If-Match', 'If-None-Match', 'If-Range', 'X-Request-Id', 'Traceparent'],
].join(', ')
const shown = [
  ...['Docker-Content-Digest', 'Docker-Distribution-Api-Version', 'Docker-Upload-UUID', 'Location', 'Link'],
  ...['ETag', 'Range', 'Content-Range', 'OCI-Subject', 'OCI-Filters-Applied', 'OCI-Chunk-Min-Length'],
  ...['WWW-Authenticate', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
].join(', ')

/**
 * Lets pages of these origins read the answer, where the door is for programs. They bring tokens of their own: what a visitor's
 * browser has of a session is not looked at (`Exchange.isShared`), and no answer says that it would be.
 * @returns true: it was asked whether it may be asked, and that is answered
 */
export function shareAcross(exchange: Exchange, door: Door, { origins, maxAgeMs }: CorsSettings): boolean {
  if (origins.size === 0 || door.isForPrograms !== true) return false
  // What is kept of one origin's answer is not good for another's.
  exchange.addHeaders('Vary', 'Origin')
  const origin = exchange.header('origin')
  if (origin === undefined || !(origins.has(origin) || origins.has('*'))) return false
  exchange.isShared = true
  exchange.addHeaders('Access-Control-Allow-Origin', origins.has('*') ? '*' : origin)
  if (exchange.method !== 'OPTIONS' || exchange.header('access-control-request-method') === undefined) {
    exchange.addHeaders('Access-Control-Expose-Headers', shown)
    return false
  }
  send(exchange, 204, [
    ...['Access-Control-Allow-Methods', methods, 'Access-Control-Allow-Headers', asked],
    ...['Access-Control-Max-Age', String(Math.floor(maxAgeMs / 1000))],
  ])
  return true
}
