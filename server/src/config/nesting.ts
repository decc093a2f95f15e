/** A configuration nests four deep. */
const maxNesting = 100

/**
 * True for a text with so many brackets open at a time that the YAML parser would spend its time, and its stack,
 * on them alone. Looks at no quotes: that many lone brackets are in no text that a person quotes here either.
 */
export function nestsTooDeep(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (bracket === '[' || bracket === '{' ? 1 : -1))
    if (depth > maxNesting) return true
  }
  return false
}
