/** @throws RangeError */
export function wholeNumber(value: number, name: string, least = 1): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new RangeError(`${name} is a whole number, at least ${least}`)
}
