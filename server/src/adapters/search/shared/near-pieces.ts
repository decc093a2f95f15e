import { gramsOf } from './grams.ts'

/** One of these is true of every word that is near enough. */
export interface NearPieces {
  readonly begins: readonly string[]
  readonly ends: readonly string[]
  readonly is: readonly string[]
  /** It has this somewhere; and so, where there are any, these three letters that follow each other. */
  readonly has?: { readonly text: string; readonly grams: readonly string[] }
}

/**
 * With one piece more than edits, one stays as it is, unless two letters are swapped across the end of a piece: of such a word
 * all else is as in the word that has them swapped, but for the edits that remain. Undefined where a word is too short to be
 * cut: then any may be near.
 */
export function nearPieces(letters: readonly string[], most: 1 | 2): NearPieces | undefined {
  if (letters.length < most + 1) return undefined
  const [first, last] = cutsOf(letters.length, most)
  const [early, late] = [swapped(letters, first), swapped(letters, last)]
  const whole = (each: readonly string[], from: number, to?: number): string => each.slice(from, to).join('')
  if (most === 1)
    return { begins: [whole(letters, 0, first)], ends: [whole(letters, first)], is: [whole(early, 0)] }
  const middle = letters.slice(first, last)
  return {
    begins: [whole(letters, 0, first), whole(early, 0, first)],
    ends: [whole(letters, last), whole(late, last)],
    is: [],
    has: { text: middle.join(''), grams: gramsOf(middle) },
  }
}

/** False only for words that are not near enough: told sooner than how far they are. */
export function mayBeNear(pieces: NearPieces | undefined, word: string): boolean {
  if (pieces === undefined) return true
  const { begins, ends, is, has } = pieces
  return (
    begins.some((text) => word.startsWith(text)) ||
    ends.some((text) => word.endsWith(text)) ||
    is.includes(word) ||
    (has !== undefined && word.includes(has.text))
  )
}

/** Where the first piece ends, and where the last one begins: the middle one is looked up by three letters. */
function cutsOf(length: number, most: 1 | 2): readonly [number, number] {
  if (most === 1) return [length >> 1, length >> 1]
  const middle = Math.max(Math.floor(length / 3), Math.min(3, length - 2))
  const first = (length - middle + 1) >> 1
  return [first, first + middle]
}

function swapped(letters: readonly string[], at: number): readonly string[] {
  const turned = [...letters]
  const [one, other] = [turned[at - 1], turned[at]]
  if (one === undefined || other === undefined) return turned
  turned[at - 1] = other
  turned[at] = one
  return turned
}
