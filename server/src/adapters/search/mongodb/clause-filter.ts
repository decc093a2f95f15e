import type { Document } from 'mongodb'
import { type SearchField, searchFields } from '../../../domain/search.ts'
import type { Alternative, Clause, EngineQuery } from '../../../ports/search/search.ts'
import type { Having } from './frequencies.ts'
import { headOf, isHead } from './index-document.ts'
import { beginsWith, has } from './text-pattern.ts'

/** Holds for no document. */
export const never: Document = { _id: { $in: [] } }

export const allOf = (filters: readonly Document[]): Document =>
  filters.length > 1 ? { $and: filters } : (filters[0] ?? {})
export const anyOf = (filters: readonly Document[]): Document =>
  filters.length > 1 ? { $or: filters } : (filters[0] ?? never)

/** What holds for the documents which enough of the clauses are true of, and none of those that they are to be without. */
export function clausesFilters(
  { clauses, atLeast, without }: Pick<EngineQuery, 'clauses' | 'atLeast' | 'without'>,
  having: Having,
): readonly Document[] {
  const needed = Math.min(atLeast, clauses.length)
  const filters = clauses.map((clause) => clauseFilter(clause, having))
  const excluded = without.map((clause) => ({ $nor: [clauseFilter(clause, having)] }))
  if (needed <= 0) return excluded
  if (needed === clauses.length) return [...filters, ...excluded]
  // Whatever has enough of them has one of those that remain without all but one of the enough: the rarest.
  const rarest = clauses
    .map((clause, at) => ({ filter: filters[at] ?? never, documents: having.ofClause(clause) }))
    .sort((one, other) => one.documents - other.documents)
    .slice(0, clauses.length - needed + 1)
  const counted = { $sum: clauses.map((clause) => ({ $cond: [clauseHolds(clause), 1, 0] })) }
  return [anyOf(rarest.map(({ filter }) => filter)), { $expr: { $gte: [counted, needed] } }, ...excluded]
}

/** Whether the clause is true of a document, by its indexes first. */
function clauseFilter({ alternatives, fields = searchFields }: Clause, having: Having): Document {
  const real = alternatives.filter(({ words }) => words.length > 0)
  const single = real.filter(({ words }) => words.length === 1)
  const isEverywhere = searchFields.every((field) => fields.includes(field))
  return anyOf([
    ...(isEverywhere ? wordsFilters(single) : fieldFilters(single, fields)),
    ...real
      .filter(({ words }) => words.length > 1)
      .map((alternative) => textFilter(alternative, fields, having)),
  ])
}

function wordsFilters(single: readonly Alternative[]): readonly Document[] {
  return single.length === 0
    ? []
    : [{ words: { $in: single.map(({ words, prefix }) => wanted(words[0], prefix)) } }]
}

function fieldFilters(single: readonly Alternative[], fields: readonly SearchField[]): readonly Document[] {
  const heads = fields
    .filter(isHead)
    .flatMap((field) => single.map(({ words, prefix }) => wanted(headOf(field, words[0] ?? ''), prefix)))
  const source = fields.includes('source')
    ? single.map((one) =>
        allOf([{ words: wanted(one.words[0], one.prefix) }, { 'text.source': has(needleOf(one)) }]),
      )
    : []
  return [...(heads.length === 0 ? [] : [{ heads: { $in: heads } }]), ...source]
}

const wanted = (word = '', prefix: boolean): unknown => (prefix ? beginsWith(word) : word)

/** Documents that have all of its words, the rarest first, are looked through. */
function textFilter(alternative: Alternative, fields: readonly SearchField[], having: Having): Document {
  const { words, prefix } = alternative
  const whole = [...new Set(prefix ? words.slice(0, -1) : words)]
  const rarestFirst = whole.sort((one, other) => having.ofWord(one) - having.ofWord(other))
  const found = fields.map((field) => ({ [`text.${field}`]: has(needleOf(alternative)) }))
  return allOf([...rarestFirst.map((word) => ({ words: word })), anyOf(found)])
}

/** A text has this where it has the words, one after the other: there is a blank around each. */
export function needleOf({ words, prefix }: Alternative): string {
  return ` ${words.join(' ')}${prefix ? '' : ' '}`
}

/** An expression: the clause is true of the document, by its texts. */
function clauseHolds({ alternatives, fields = searchFields }: Clause): Document {
  return {
    $or: alternatives
      .filter(({ words }) => words.length > 0)
      .flatMap((alternative) => fields.map((field) => holdsIn(field, alternative))),
  }
}

/** An expression: the field has it. It begins with a blank, and so is never taken for a name or an operator. */
export function holdsIn(field: SearchField, alternative: Alternative): Document {
  return { $gte: [{ $indexOfBytes: [`$text.${field}`, needleOf(alternative)] }, 0] }
}
