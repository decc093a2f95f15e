import type { Alternative, Clause } from '../../ports/search/search.ts'
import type { TypedPart, TypedText } from './read-text.ts'
import { splitText, type TextRun, wordOf } from './text/split-text.ts'

/** A clause of what was typed, with the single word that somebody may have mistyped. */
export interface WantedClause extends Clause {
  /** As it was typed, to be shown with another spelling; where in the text it stood. */
  readonly typed?: string
  /** How many letters may differ: one from five on, two from nine. */
  readonly edits: 0 | 1 | 2
}

export interface WantedClauses {
  readonly clauses: readonly WantedClause[]
  readonly without: readonly Clause[]
}

/** Said in nearly every sentence: a search goes by the other words, if there are any. */
const commonWords: ReadonlySet<string> = new Set(
  'a an and are as at be by for from how i in into is it its my of on or that the this to with what which'.split(
    ' ',
  ),
)

/** What is looked for. @param asTyped the last word may be the beginning of one */
export function clausesOf({ parts, endsOpen }: TypedText, asTyped: boolean): WantedClauses {
  const wanted = parts.filter(({ isExcluded }) => !isExcluded)
  const kept = wanted.filter((part) => !isCommon(part) || part.isPhrase || part.field !== undefined)
  const looked = kept.length > 0 ? kept : wanted
  const last = wanted.at(-1)
  return {
    clauses: withNeighbours(
      looked.flatMap((part) => clausesOfPart(part, asTyped && endsOpen && part === last)),
    ),
    without: parts.filter(({ isExcluded }) => isExcluded).flatMap((part) => withoutOf(part)),
  }
}

/** What is written as two words may be one to others: `libre office`. Whoever has that has both of them. */
function withNeighbours(clauses: readonly WantedClause[]): readonly WantedClause[] {
  const joined = clauses.slice(1).map((clause, at): Alternative | undefined => {
    const [one, other] = [clauses[at]?.typed, clause.typed]
    if (one === undefined || other === undefined || clause.fields !== undefined) return undefined
    const word = wordOf(`${one}${other}`)
    return clauses[at]?.fields === undefined && /^[\p{L}\p{N}]+$/u.test(`${one}${other}`)
      ? { words: [word], prefix: false, weight: 1 }
      : undefined
  })
  return clauses.map((clause, at) => {
    const more = [joined[at - 1], joined[at]].filter((one) => one !== undefined)
    return more.length === 0 ? clause : { ...clause, alternatives: [...clause.alternatives, ...more] }
  })
}

const isCommon = ({ text, isPrefix }: TypedPart): boolean => !isPrefix && commonWords.has(text.toLowerCase())

function clausesOfPart(part: TypedPart, isOpen: boolean): readonly WantedClause[] {
  const runs = [...splitText(part.text)].filter(({ words }) => words.length > 0)
  const where = part.field === undefined ? {} : { fields: [part.field] }
  if (part.isPhrase) {
    const words = runs.flatMap((run) => run.words.map(({ word }) => word))
    if (words.length === 0) return []
    const wholes = runs.length === 1 ? wholeOf(runs[0]) : []
    return [{ alternatives: [{ words, prefix: false, weight: 1 }, ...wholes], edits: 0, ...where }]
  }
  return runs.map((run, at): WantedClause => {
    const isPrefix = (isOpen || part.isPrefix) && at === runs.length - 1
    const typed = part.text.slice(run.words[0]?.start, run.words.at(-1)?.end)
    return {
      alternatives: alternativesOf(run, typed, isPrefix),
      typed,
      edits: run.words.length === 1 || run.whole !== undefined ? editsOf(typed) : 0,
      ...where,
    }
  })
}

function withoutOf(part: TypedPart): readonly Clause[] {
  return clausesOfPart({ ...part, isExcluded: false }, false).map(({ alternatives, fields }) => ({
    alternatives,
    ...(fields && { fields }),
  }))
}

function alternativesOf(run: TextRun, typed: string, isPrefix: boolean): readonly Alternative[] {
  const words = run.words.map(({ word }) => word)
  const found: Alternative[] = [{ words, prefix: false, weight: 1 }, ...wholeOf(run)]
  if (!isPrefix) return found
  // What is typed so far is no whole word: it is not stemmed.
  const last = run.words.at(-1)
  const open = beginningOf(typed, last?.start ?? 0, run)
  if (open !== '') found.push({ words: [...words.slice(0, -1), open], prefix: true, weight: 0.9 })
  return found
}

function beginningOf(typed: string, start: number, run: TextRun): string {
  const offset = start - (run.words[0]?.start ?? 0)
  const [only] = [...splitText(`${typed.slice(offset)}0`)]
  // A digit at its end keeps the stemmer away, and goes again.
  return only?.words.at(-1)?.word.replace(/0$/, '') ?? ''
}

/** Written in one piece by some. */
function wholeOf(run: TextRun | undefined): readonly Alternative[] {
  return run?.whole === undefined ? [] : [{ words: [run.whole.word], prefix: false, weight: 1 }]
}

function editsOf(typed: string): 0 | 1 | 2 {
  const letters = [...typed].length
  return letters < 5 ? 0 : letters < 9 ? 1 : 2
}
