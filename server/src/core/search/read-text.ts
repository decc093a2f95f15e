import { RegistryError } from '../../domain/error.ts'
import type { SearchFacet, SearchField, SearchNumber } from '../../domain/search.ts'

/** What somebody has typed, taken apart. Nothing is folded yet. */
export interface TypedText {
  /** Words, in their order; the last one may be half typed. */
  readonly parts: readonly TypedPart[]
  readonly conditions: readonly TypedCondition[]
  /** What was typed ends in the middle of a word. */
  readonly endsOpen: boolean
}

export interface TypedPart {
  readonly text: string
  /** In quotes: the words follow each other. */
  readonly isPhrase: boolean
  readonly isExcluded: boolean
  /** `word*`: the beginning of one. */
  readonly isPrefix: boolean
  readonly field?: SearchField
}

/** `license:MIT`, `downloads:>100`. */
export type TypedCondition =
  | {
      readonly about: 'facet'
      readonly facet: SearchFacet
      readonly label: string
    }
  | { readonly about: 'number'; readonly number: SearchNumber; readonly from?: number; readonly to?: number }
  | { readonly about: 'platform'; readonly range: string }
  | { readonly about: 'deprecated'; readonly value: boolean }

const facetNames: ReadonlyMap<string, SearchFacet> = new Map([
  ['kind', 'kind'],
  ['type', 'kind'],
  ['namespace', 'namespace'],
  ['topic', 'topic'],
  ['tag', 'topic'],
  ['skill', 'skill'],
  ['capability', 'capability'],
  ['category', 'category'],
  ['language', 'language'],
  ['license', 'license'],
  ['licence', 'license'],
  ['author', 'author'],
  ['organization', 'organization'],
  ['organisation', 'organization'],
  ['org', 'organization'],
  ['publisher', 'publisher'],
  ['owner', 'publisher'],
])
const fieldNames: ReadonlyMap<string, SearchField> = new Map([
  ['name', 'name'],
  ['title', 'title'],
  ['description', 'description'],
  ['source', 'source'],
])
const numberNames: ReadonlyMap<string, SearchNumber> = new Map([
  ['downloads', 'downloads'],
  ['stars', 'stars'],
  ['created', 'createdAt'],
  ['updated', 'updatedAt'],
])

/** Where a term can begin, its name, and what follows: in quotes, or up to the next blank. */
export const term: RegExp = /(?<sign>-?)(?:(?<name>[a-z]+):)?(?:"(?<quoted>[^"]*)(?:"|$)|(?<bare>[^\s"]+))/giu

/** What was typed, without what no engine takes: NUL, and halves of characters. */
export function textTyped(text: string): string {
  return text.replaceAll('\0', ' ').toWellFormed()
}

/**
 * Takes apart what was typed. What looks like a term of another search engine is words: nothing is refused for its form.
 * @param text as `textTyped` gives it
 * @throws RegistryError `parameter-invalid`: it is too long, or a number, a time or a range cannot be read
 */
export function readText(text: string, limit: number): TypedText {
  if (text.length > limit)
    throw invalid(`it has ${text.length} characters, and ${limit} are the most that are looked for`)
  const parts: TypedPart[] = []
  const conditions: TypedCondition[] = []
  for (const { groups = {} } of text.matchAll(term)) {
    const { sign = '', name = '', quoted, bare = '' } = groups
    const condition = conditionOf(name.toLowerCase(), quoted ?? bare, sign === '-')
    if (condition !== undefined) conditions.push(condition)
    else parts.push(partOf({ sign, name, quoted, bare }))
  }
  return { parts, conditions, endsOpen: /[\p{L}\p{N}\p{M}]$/u.test(text) }
}

interface Term {
  readonly sign: string
  readonly name: string
  readonly quoted: string | undefined
  readonly bare: string
}

function partOf({ sign, name, quoted, bare }: Term): TypedPart {
  const field = fieldNames.get(name.toLowerCase())
  const value = quoted ?? bare
  return {
    text: field === undefined && name !== '' ? `${name}:${value}` : value,
    isPhrase: quoted !== undefined,
    isExcluded: sign === '-',
    isPrefix: quoted === undefined && /[\p{L}\p{N}\p{M}]\*$/u.test(bare),
    ...(field !== undefined && { field }),
  }
}

function conditionOf(name: string, value: string, isExcluded: boolean): TypedCondition | undefined {
  if (value === '') return undefined
  const facet = facetNames.get(name)
  if (facet !== undefined) {
    if (isExcluded)
      throw invalid(`-${name}: only words can be left out, not values of ${name}; name those that are wanted`)
    return { about: 'facet', facet, label: value }
  }
  const number = numberNames.get(name)
  if (number !== undefined) return { about: 'number', number, ...rangeOf(name, number, value) }
  if (name === 'platform') return { about: 'platform', range: value }
  if (name !== 'deprecated') return undefined
  if (value !== 'true' && value !== 'false') throw invalid('deprecated: is followed by true or false')
  return { about: 'deprecated', value: (value === 'true') !== isExcluded }
}

/** What can stand before a colon. */
export const termNames: readonly string[] = [
  ...facetNames.keys(),
  ...fieldNames.keys(),
  ...numberNames.keys(),
  ...['platform', 'deprecated'],
]

const bound = /^(?<sign>>=|<=|>|<|=)?(?<only>[^.<>=].*)$/u

/** `100`, `>100`, `<=5`, `10..20`; a day (`2026-03-01`) is all of it, in UTC. */
function rangeOf(
  name: string,
  number: SearchNumber,
  value: string,
): { readonly from?: number; readonly to?: number } {
  const isTime = number === 'createdAt' || number === 'updatedAt'
  const read = (text: string): readonly [number, number] => {
    const found = isTime ? timeIn(text) : countIn(text)
    if (found !== undefined) return found
    const example = isTime ? 'created:>=2026-03-01' : 'downloads:>=100'
    throw invalid(
      `${name}:${value} has no ${isTime ? 'time' : 'number'} where one is wanted; an example: ${example}`,
    )
  }
  const [from, to] = value.includes('..') ? value.split('..', 2) : []
  if (from !== undefined && to !== undefined) {
    const found = { ...(from !== '' && { from: read(from)[0] }), ...(to !== '' && { to: read(to)[1] }) }
    if ((found.from ?? 0) > (found.to ?? Number.POSITIVE_INFINITY))
      throw invalid(`${name}:${value} is no range: nothing is from ${from} on and up to ${to}`)
    return found
  }
  const { sign = '=', only = value } = bound.exec(value)?.groups ?? {}
  const [first, last] = read(only)
  switch (sign) {
    case '>':
      return { from: last + 1 }
    case '>=':
      return { from: first }
    case '<':
      return { to: first - 1 }
    case '<=':
      return { to: last }
    default:
      return { from: first, to: last }
  }
}

function countIn(text: string): readonly [number, number] | undefined {
  if (!/^[0-9]{1,15}$/.test(text)) return undefined
  return [Number(text), Number(text)]
}

const dayMs = 86_400_000

function timeIn(text: string): readonly [number, number] | undefined {
  const isDay = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)
  if (!isDay && !/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/.test(text)) return undefined
  const at = Date.parse(text)
  // It takes 30 February for 2 March, and 24:00 for the next day.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(text.slice(0, 10))) return undefined
  return [at, isDay ? at + dayMs - 1 : at]
}

function invalid(reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter: 'q', reason })
}
