const maskBits = 64n
const gramLetters = 3

/** One bit for each letter that the word has, where few share one: an edit changes at most two of them. */
export function maskOf(letters: readonly string[]): bigint {
  let mask = 0n
  for (const letter of letters) mask |= 1n << (BigInt(letter.codePointAt(0) ?? 0) % maskBits)
  return BigInt.asIntN(64, mask)
}

/** All three letters that follow each other. */
export function gramsOf(letters: readonly string[]): readonly string[] {
  const grams = new Set<string>()
  for (let at = 0; at + gramLetters <= letters.length; at++)
    grams.add(letters.slice(at, at + gramLetters).join(''))
  return [...grams]
}
