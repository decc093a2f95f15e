import { Range } from 'semver'
import { RegistryError } from '../../domain/error.ts'
import { facetKey, type SearchFilter, searchBounds } from '../../ports/search/search.ts'
import { clausesOf, type WantedClauses } from './clauses.ts'
import { platformOf } from './make-document.ts'
import { readText, type TypedCondition, type TypedText, textTyped } from './read-text.ts'
import { requireKinds } from './require-kinds.ts'
import type { SearchRequest } from './search-request.ts'
import { foldName } from './text/fold.ts'

/** What an engine is asked for, whatever it does with spellings. */
export interface SearchPlan extends WantedClauses {
  readonly filter: SearchFilter
  /** Who is called like the whole text is what was meant. */
  readonly names: readonly string[]
  /** Something was typed, and no word is in it. It finds nothing, where an empty text finds everything. */
  readonly isOfSigns: boolean
}

const longestText = 1_000
const mostWords = 128
/** Of one letter, and of at most two: what begins so is a large part of all words, and each is gone through several times. */
const mostShortBeginnings = [
  { letters: 1, most: 2, named: 'one letter' },
  { letters: 2, most: 4, named: 'at most two letters' },
] as const
/** Of these an artifact has many: all that are asked for are wanted. */
const many: ReadonlySet<string> = new Set(['topic', 'skill', 'capability'])

/**
 * @param kinds names of all kinds that artifacts can have here
 * @throws RegistryError `parameter-invalid`: what cannot be understood, or is more than is looked for at once
 */
export function planSearch(request: SearchRequest, kinds: readonly string[]): SearchPlan {
  requireNumbers(request)
  const text = textTyped(request.text ?? '')
  const typed = readText(text, longestText)
  requireKinds('kind', request.facets?.kind ?? [], kinds)
  requireKinds('q', typed.conditions.flatMap(kindIn), kinds)
  const wanted = clausesOf(withoutKinds(typed, kinds), request.asTyped === true)
  const count = wanted.clauses.length + wanted.without.length
  if (count > searchBounds.clauses)
    throw invalid('q', `it has ${count} words, and ${searchBounds.clauses} are the most that are looked for`)
  requireFew(wanted)
  return {
    ...wanted,
    filter: filterOf(request, typed.conditions),
    names: namesIn(text, typed),
    isOfSigns: typed.parts.length > 0 && count + typed.conditions.length === 0,
  }
}

const reference = /^([^:/]+):([^/]+\/.+)$/u

/** Answers call an artifact `kind:namespace/name`, and the kind is a word of none. Who is called so has it among its names. */
function withoutKinds(typed: TypedText, kinds: readonly string[]): TypedText {
  const parts = typed.parts.map((part) => {
    const [, kind = '', path = ''] = part.field === undefined ? (reference.exec(part.text) ?? []) : []
    return kinds.includes(kind.toLowerCase()) ? { ...part, text: path } : part
  })
  return { ...typed, parts }
}

function kindIn(condition: TypedCondition): readonly string[] {
  return condition.about === 'facet' && condition.facet === 'kind' ? [condition.label] : []
}

/** Each word of a phrase is looked for, and a short beginning is that of a large part of all words. */
function requireFew({ clauses, without }: WantedClauses): void {
  const all = [...clauses, ...without].map(({ alternatives }) => alternatives)
  const words = all.reduce((sum, one) => sum + Math.max(...one.map((each) => each.words.length), 0), 0)
  if (words > mostWords)
    throw invalid(
      'q',
      `its phrases and names have ${words} words, and ${mostWords} are the most that are looked for`,
    )
  for (const { letters, most, named } of mostShortBeginnings) {
    const isShort = (text: string): boolean => [...text].length <= letters
    const short = all.filter((one) => one.some(({ words, prefix }) => prefix && isShort(words.at(-1) ?? '')))
    if (short.length > most)
      throw invalid(
        'q',
        `it has ${short.length} beginnings of ${named}, and ${most} are the most that are looked for`,
      )
  }
}

/** Doors look at what they are given; what an engine would make of a number that is none is not left to it. */
function requireNumbers({ limit, offset = 0, ranges = [] }: SearchRequest): void {
  for (const [name, value] of Object.entries({ limit, offset }))
    if (!Number.isSafeInteger(value) || value < 0) throw invalid(name, 'it is no whole number from 0 on')
  const bounds = ranges.flatMap(({ from = 0, to = 0 }) => [from, to])
  if (!bounds.every(Number.isFinite)) throw invalid('filter', 'a range is from one number to another')
}

function namesIn(text: string, { parts, conditions }: TypedText): readonly string[] {
  const isPlain = conditions.length === 0 && parts.every(({ isExcluded, field }) => !isExcluded && !field)
  const name = foldName(
    isPlain
      ? text.replace(/^\s*"([^"]*)"\s*$/, '$1')
      : parts.flatMap((part) => (part.isExcluded ? [] : part.text)).join(' '),
  )
  return name === '' ? [] : [name]
}

function filterOf(request: SearchRequest, conditions: readonly TypedCondition[]): SearchFilter {
  const facets: SearchFilter['facets'][number][] = []
  const ranges: SearchFilter['ranges'][number][] = [...(request.ranges ?? [])]
  let { platform: range, deprecated } = request
  for (const [facet, labels] of Object.entries(request.facets ?? {})) {
    const keys = [...new Set(labels.flatMap((label) => keysOf(facet, label)))]
    if (many.has(facet))
      for (const key of keys) facets.push({ facet: facet as (typeof facets)[number]['facet'], keys: [key] })
    else facets.push({ facet: facet as (typeof facets)[number]['facet'], keys })
  }
  for (const condition of conditions)
    switch (condition.about) {
      case 'facet':
        facets.push({ facet: condition.facet, keys: keysOf(condition.facet, condition.label) })
        break
      case 'number': {
        const { about: _, ...rest } = condition
        ranges.push(rest)
        break
      }
      case 'platform':
        range = condition.range
        break
      case 'deprecated':
        deprecated = condition.value
        break
    }
  const asked = facets.reduce((sum, { keys }) => sum + keys.length, ranges.length)
  if (asked > searchBounds.filterKeys)
    throw invalid('filter', `${asked} values are asked for, and ${searchBounds.filterKeys} are the most`)
  return {
    facets,
    ranges,
    ...(range !== undefined && { platform: platformsOf(range) }),
    ...(deprecated !== undefined && { deprecated }),
  }
}

/** Users publish as `user:<name>`; people write the name alone. */
function keysOf(facet: string, label: string): readonly string[] {
  const isBare = facet === 'publisher' && !label.includes(':')
  return isBare ? [facetKey(label), facetKey(`user:${label}`)] : [facetKey(label)]
}

const mostRanges = 16

/** Versions from one and below another; a range of the form `1.x || >=3` is several of these. */
function platformsOf(text: string): readonly { readonly from?: string; readonly below?: string }[] {
  const range = rangeIn(text)
  if (range === undefined || range.set.length > mostRanges)
    throw invalid('platform', `it is no semver range, such as ">=2.1" or "1.x || 3.x"`)
  return range.set.map((comparators) => {
    let [from, below] = ['', undefined as string | undefined]
    for (const { operator, semver } of comparators) {
      if (semver.version === undefined) continue
      const key = platformOf(semver.version)
      // The least text behind a key: no other version has a key that begins so.
      const behind = `${key}0`
      if (operator === '>' || operator === '>=' || !operator)
        from = [from, operator === '>' ? behind : key].sort().at(-1) ?? from
      if (operator === '<' || operator === '<=' || !operator) {
        const end = operator === '<' ? key : behind
        below = below === undefined || end < below ? end : below
      }
    }
    return { ...(from !== '' && { from }), ...(below !== undefined && { below }) }
  })
}

function rangeIn(text: string): Range | undefined {
  try {
    return text.trim() === '' || text.length > 256 ? undefined : new Range(text, { loose: true })
  } catch {
    return undefined
  }
}

export function invalid(parameter: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
