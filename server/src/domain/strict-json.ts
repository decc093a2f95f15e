/** A JSON object as it came. Ask `Object.hasOwn` before reading: `__proto__` may be a member like any other. */
export type JsonObject = Readonly<Record<string, unknown>>

export type JsonParsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * JSON in valid UTF-8, nested at most `maxDepth` deep. Of members with the same name the last counts, as RFC 8259
 * section 4 leaves open and nearly every reader does.
 */
export function parseStrictJson(bytes: Uint8Array, maxDepth: number): JsonParsed {
  if (isDeeperThan(bytes, maxDepth)) return { ok: false, reason: `it is nested deeper than ${maxDepth}` }
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return { ok: false, reason: 'it is not valid UTF-8' }
  }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, reason: 'it is not valid JSON' }
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member's value; undefined where it is not there or null, which Go's encoders write for an empty list. */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined
}

const quote = 0x22
const backslash = 0x5c

/** Looked at before parsing, so that no structure is built of what is refused. Exact for valid JSON. */
function isDeeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (quoted) {
      if (byte === backslash) at++
      else if (byte === quote) quoted = false
    } else if (byte === quote) quoted = true
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > limit) return true
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  return false
}
