const least = 1_024

/** Room for at least so many: the same bytes where it is enough, else a copy with twice as many. */
export function grownTo<T extends Uint8Array | Uint32Array | Float64Array>(array: T, length: number): T {
  if (length <= array.length) return array
  const make = array.constructor as new (length: number) => T
  const larger = new make(Math.max(least, length, 2 * array.length))
  larger.set(array)
  return larger
}
