import { editDistance } from '../../../domain/edit-distance.ts'
import { unstemmed, wordOf } from './split-text.ts'

/** A word of an index that may have been meant, or that is near to one. */
export interface Spelling {
  readonly word: string
  /** How many of its letters may still differ; 0: it is looked for as it is. */
  readonly edits: 0 | 1 | 2
  /** How many are mended in it already. */
  readonly slips: 0 | 1
}

/** What English words end in that a stem has no more, the longer before what they end in themselves. */
const endings = [
  ...['izations', 'ization', 'ations', 'ation', 'ments', 'ment', 'ators', 'ator', 'ions', 'ion'],
  ...[
    'ances',
    'ance',
    'ences',
    'ence',
    'ities',
    'ity',
    'ness',
    'able',
    'ible',
    'izing',
    'ating',
    'ings',
    'ing',
  ],
  ...['izer', 'izes', 'ized', 'ates', 'ated', 'ers', 'ies', 'ive', 'ful', 'ally', 'ed', 'es'],
]
/** A stem of less is a word of its own, and one of less than that has no letter to spare. */
const shortestStem = 3
const shortestNear = 5
const mostSpellings = 4

/**
 * What to ask an index for where it has no word that was typed. Its words are stems: who drops a letter of an ending (`drawng`)
 * types what is far from any of them, and so does who drops one that the stemmer counts by (`deplyoment`). The stem of what was
 * typed comes first.
 * @param edits how many letters may differ in all
 */
export function respell(typed: string, edits: 1 | 2): readonly Spelling[] {
  const [stem, plain] = [wordOf(typed), unstemmed(typed)]
  const spellings = new Map<string, Spelling>([[stem, { word: stem, edits, slips: 0 }]])
  const add = (spelling: Spelling): void => {
    const { word } = spelling
    if (word.length < shortestStem || spellings.size >= mostSpellings) return
    if (!spellings.has(word)) spellings.set(word, spelling)
  }
  if (!/^[a-z]+$/.test(plain)) return [...spellings.values()]
  for (const word of withEndings(plain)) add({ word, edits: lettersLeft(word, edits - 1), slips: 1 })
  for (const word of withoutEndings(plain, stem)) add({ word, edits: 1, slips: 0 })
  // The stemmer may have taken a slip for an ending: `siring` for `string`.
  add({ word: plain, edits, slips: 0 })
  return [...spellings.values()]
}

const lettersLeft = (word: string, edits: number): 0 | 1 => (edits > 0 && word.length >= shortestNear ? 1 : 0)

/** Stems of the word with an ending in place of what is one letter from it. */
function* withEndings(plain: string): Generator<string> {
  for (const ending of endings)
    for (const length of [ending.length - 1, ending.length, ending.length + 1]) {
      const begin = plain.slice(0, -length)
      if (begin.length >= shortestStem && isSlipOf(ending, plain.slice(-length)))
        yield wordOf(`${begin}${ending}`)
    }
}

/** An ending of two letters is near to all sorts of letters. */
function isSlipOf(ending: string, typed: string): boolean {
  return ending.length >= 3 && editDistance(typed, ending, 1) === 1
}

/** Without an ending that the stemmer has left there. */
function* withoutEndings(plain: string, stem: string): Generator<string> {
  for (const ending of endings.filter((one) => plain.endsWith(one))) {
    const begin = plain.slice(0, -ending.length)
    if (begin.length >= shortestNear && begin.length < stem.length) yield begin
  }
}
