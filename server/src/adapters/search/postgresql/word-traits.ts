const maskBits = 64n

/** One bit for each letter that the word has, where few share one: an edit changes at most two of them. */
export function maskOf(letters: readonly string[]): bigint {
  let mask = 0n
  for (const letter of letters) mask |= 1n << (BigInt(letter.codePointAt(0) ?? 0) % maskBits)
  return BigInt.asIntN(64, mask)
}
