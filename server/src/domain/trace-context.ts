/** Where a request belongs in a trace of several systems (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits, not all 0. */
  readonly traceId: string
  /** Of the span that the request was sent from: 16 hexadecimal digits, not all 0. */
  readonly parentId: string
  readonly sampled: boolean
}

/** Section 3.2.2: capital letters are not allowed. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/**
 * Reads a `traceparent` header. undefined: none that the specification allows, to be taken for absent. Of a version that
 * is not known yet the parts of the first one are read, which it must begin with (section 3.2.4).
 */
export function parseTraceparent(text: string): TraceContext | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const [, version = '', traceId = '', parentId = '', flags = '', more] = match
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (isZero(traceId) || isZero(parentId)) return undefined
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** For a request that goes on from here. */
export function formatTraceparent({ traceId, parentId, sampled }: TraceContext): string {
  return `00-${traceId}-${parentId}-${sampled ? '01' : '00'}`
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits)
}
