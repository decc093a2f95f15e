const gramLetters = 3

/** All three letters that follow each other. */
export function gramsOf(letters: readonly string[]): readonly string[] {
  const grams = new Set<string>()
  for (let at = 0; at + gramLetters <= letters.length; at++)
    grams.add(letters.slice(at, at + gramLetters).join(''))
  return [...grams]
}
