/** Equal for two texts that a person would take for the same name. For unique keys; never shown. */
export type CaseFolded = string & { readonly brand: 'CaseFolded' }

/** Folding one form may uncover another; measured over all of Unicode, a second time is always enough. */
const maxRounds = 3

/**
 * Without case and compatibility forms. Upper case first joins what lower case alone keeps apart: ß with ss, ς with
 * σ. Folding what is folded changes nothing.
 */
export function caseFold(text: string): CaseFolded {
  let folded = text
  for (let round = 0; round < maxRounds; round++) {
    const next = folded.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
    if (next === folded) break
    folded = next
  }
  return folded as CaseFolded
}
