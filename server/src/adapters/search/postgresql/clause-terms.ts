import { type SearchField, searchFields } from '../../../domain/search.ts'
import type { Alternative, Clause } from '../../../ports/search/search.ts'
import { beginningOf, fieldMarks, lexemeOf, nothing, operand } from './lexemes.ts'

/** Words as they follow each other in a text that stands between blanks. */
export interface TextCheck {
  readonly text: string
  readonly fields: readonly SearchField[]
}

/** How a clause is looked for: by the index, and where that cannot tell by the texts. */
export interface ClauseTerms {
  /** A tsquery that every document satisfies which the clause may be true of. */
  readonly candidates: string
  /** One that only documents satisfy which the clause is true of. */
  readonly certain: string | undefined
  /** Other candidates satisfy the clause by one of these. */
  readonly unsure: readonly TextCheck[]
  /** What all satisfy that satisfy one of those. */
  readonly unsureCandidates: string
  /** All of its alternatives: for documents of which the index has not every word. */
  readonly all: readonly TextCheck[]
}

export function termsOf({ alternatives, fields = searchFields }: Clause): ClauseTerms {
  const wanted = searchFields.filter((field) => fields.includes(field))
  const candidates: string[] = []
  const certain: string[] = []
  const unsure: TextCheck[] = []
  const unsureCandidates: string[] = []
  const all: TextCheck[] = []
  for (const alternative of alternatives) {
    if (alternative.words.length === 0 || wanted.length === 0) continue
    const check = checkOf(alternative, wanted)
    all.push(check)
    for (const { query, isCertain, of } of lookupsOf(alternative, wanted)) {
      candidates.push(query)
      if (isCertain) certain.push(query)
      else {
        unsure.push({ ...check, fields: of })
        unsureCandidates.push(query)
      }
    }
  }
  return {
    candidates: anyOf(candidates),
    certain: certain.length === 0 ? undefined : anyOf(certain),
    unsure,
    unsureCandidates: anyOf(unsureCandidates),
    all,
  }
}

/** Of several clauses of which one is enough. */
export function eitherOf(each: readonly ClauseTerms[]): ClauseTerms {
  const certain = each.flatMap((one) => one.certain ?? [])
  return {
    candidates: anyOf(each.map((one) => one.candidates)),
    certain: certain.length === 0 ? undefined : anyOf(certain),
    unsure: each.flatMap((one) => one.unsure),
    unsureCandidates: anyOf(each.map((one) => one.unsureCandidates)),
    all: each.flatMap((one) => one.all),
  }
}

interface Lookup {
  readonly query: string
  readonly isCertain: boolean
  readonly of: readonly SearchField[]
}

function lookupsOf(alternative: Alternative, fields: readonly SearchField[]): readonly Lookup[] {
  const isOne = alternative.words.length === 1 && !isCut(alternative)
  if (fields.length === searchFields.length)
    return [{ query: queryOf(alternative, ''), isCertain: isOne, of: fields }]
  return fields.map((field) =>
    field === 'source'
      ? { query: queryOf(alternative, ''), isCertain: false, of: [field] }
      : { query: queryOf(alternative, fieldMarks[field]), isCertain: isOne, of: [field] },
  )
}

/** Words that stand in the name or the title: where such a query is satisfied a document is likely meant. */
export function headingOf({ alternatives, fields = searchFields }: Clause): string {
  const marks = (['name', 'title'] as const)
    .filter((field) => fields.includes(field))
    .map((field) => fieldMarks[field])
  return anyOf(
    alternatives
      .filter(({ words }) => words.length > 0)
      .flatMap((one) => marks.map((mark) => queryOf(one, mark))),
  )
}

/** The documents have all of the words, each behind the mark. */
function queryOf({ words, prefix }: Alternative, mark: string): string {
  const last = words.length - 1
  const each = words.map((word, at) =>
    prefix && at === last ? operand(mark + beginningOf(word), true) : operand(mark + lexemeOf(word)),
  )
  return allOf(each)
}

/** More of the last word was asked for than the index tells. */
const isCut = ({ words, prefix }: Alternative): boolean => {
  const last = words.at(-1) ?? ''
  return prefix && beginningOf(last) !== last
}

function checkOf({ words, prefix }: Alternative, fields: readonly SearchField[]): TextCheck {
  return { text: ` ${words.join(' ')}${prefix ? '' : ' '}`, fields }
}

export const allOf = (queries: readonly string[]): string => joined(queries, ' & ')
export const anyOf = (queries: readonly string[]): string =>
  queries.length === 0 ? operand(nothing) : joined(queries, ' | ')

/** In pairs of pairs: the server reads nested ones step by step, and bounds the steps. */
function joined(queries: readonly string[], by: string): string {
  if (queries.length <= 1) return queries[0] ?? ''
  const middle = queries.length >> 1
  return `(${joined(queries.slice(0, middle), by)}${by}${joined(queries.slice(middle), by)})`
}
