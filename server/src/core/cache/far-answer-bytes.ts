import { deserialize, serialize } from 'node:v8'
import type { FarAnswer } from './far-answer.ts'

/** Of what is written below: bytes of another form are no answer. */
const form = 1

type Written = readonly [
  form: number,
  era: string,
  mark: number,
  bytes: number,
  hashes: Uint32Array,
  value: unknown,
]

/** undefined: it is not plain data, and would not be the same when it comes back. */
export function writeFarAnswer(answer: FarAnswer): Uint8Array | undefined {
  const { value, bytes, mark, era, hashes } = answer
  if (!isPlain(value, 0)) return undefined
  return serialize([form, era, mark, bytes, Uint32Array.from(hashes), value] satisfies Written)
}

/**
 * Of bytes that this registry has written: the seal of the cache has been looked at. undefined: they are of another era, or
 * of another version's form.
 */
export function readFarAnswer(kept: Uint8Array, era: string): FarAnswer | undefined {
  const written = deserialized(kept)
  if (!Array.isArray(written) || written[0] !== form || written[1] !== era) return undefined
  const [, , mark, bytes, hashes, value] = written as unknown as Written
  return { value, bytes, mark, era, hashes: Array.from(hashes) }
}

/** A newer Node may have written what this one cannot read: then it is not there. */
function deserialized(kept: Uint8Array): unknown {
  try {
    return deserialize(kept)
  } catch {
    return undefined
  }
}

/** An object within an object; what is deeper is not kept. */
const deepest = 64

/** What comes back as it was: no functions, and no objects of a class but bytes, maps, sets and dates. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return true
    case 'function':
    case 'symbol':
      return false
    case 'object':
      return value === null || isPlainObject(value, depth + 1)
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (depth > deepest) return false
  const each = (member: unknown): boolean => isPlain(member, depth)
  if (Array.isArray(value)) return value.every(each)
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype:
      return Object.getOwnPropertySymbols(value).length === 0 && Object.values(value).every(each)
    case Uint8Array.prototype:
    case Buffer.prototype:
    case Date.prototype:
      return true
    case Map.prototype:
      return [...(value as Map<unknown, unknown>)].flat().every(each)
    case Set.prototype:
      return [...(value as Set<unknown>)].every(each)
    default:
      return false
  }
}
