import type { ErrorCode } from '../domain/error.ts'

/** What is wrong with a request before any door has seen it, and what nobody foresaw. */
export type TransportCode =
  | 'failed'
  | 'connections-exceeded'
  | 'request-malformed'
  | 'request-slow'
  | 'headers-too-large'
  | 'chunk-extensions-too-large'
  | 'expectation-unmet'
  | 'host-missing'
  | 'host-invalid'

export const transportStatuses: { readonly [C in TransportCode]: number } = {
  failed: 500,
  'connections-exceeded': 503,
  'request-malformed': 400,
  'request-slow': 408,
  'headers-too-large': 431,
  'chunk-extensions-too-large': 413,
  'expectation-unmet': 417,
  'host-missing': 400,
  'host-invalid': 400,
}

/** Stable: programs decide by it, and each has a page. */
export type ProblemCode = ErrorCode | TransportCode

/** RFC 9457, section 3.1.1: where it is told what the problem is, below the registry's own address. */
export const problemType = (code: ProblemCode): string => `/problems/${code}`

/** Section 3.1.3: the same for every occurrence. */
export function problemTitle(code: ProblemCode): string {
  const words = code.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
