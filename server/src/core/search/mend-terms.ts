import { nearest } from '../../domain/nearest.ts'
import { term, termNames } from './read-text.ts'

const known: ReadonlySet<string> = new Set(termNames)

/** The text with known names in place of those that are nearly so: `kindd:skill`. What is `std::vector`, or an address, stays. */
export function mendTerms(text: string): string {
  return text.replace(term, (...given) => {
    const [whole, groups] = [String(given[0]), given.at(-1) as Readonly<Record<string, string | undefined>>]
    const { sign = '', name = '', quoted, bare = '' } = groups
    const rest = whole.slice(sign.length + name.length)
    if (name === '' || known.has(name.toLowerCase()) || (quoted === undefined && /^[:/]/.test(bare)))
      return whole
    const meant = nearest(name, known)
    return meant === undefined ? whole : `${sign}${meant}${rest}`
  })
}
