import { RegistryError } from '../domain/error.ts'
import { namingNearest } from '../domain/nearest.ts'
import { parseTimestamp } from '../domain/rfc3339.ts'

/** Of a name that nobody knows so much is said again. */
const shownName = 40
const dayMs = 86_400_000

/**
 * The parameters of a request, taken at their word: what is misspelt, given twice or no number is refused by its name, since
 * an answer to another question looks like an answer. Each method throws RegistryError `parameter-invalid`.
 */
export class StrictParameters {
  readonly #parameters: URLSearchParams

  constructor(parameters: URLSearchParams, known: readonly string[]) {
    for (const name of parameters.keys()) {
      if (known.includes(name)) continue
      const shown = name.length > shownName ? `${name.slice(0, shownName)}…` : name
      throw invalid(
        shown,
        `there is no such parameter${namingNearest(name, known) || `; there are ${known.join(', ')}`}`,
      )
    }
    this.#parameters = parameters
  }

  has(name: string): boolean {
    return this.#parameters.has(name)
  }

  text(name: string): string | undefined {
    const [value, ...more] = this.#parameters.getAll(name)
    if (more.length > 0) throw invalid(name, `it is given ${more.length + 1} times; give it once`)
    return value
  }

  /** Each value of a parameter that may be repeated; none of them is empty. */
  texts(name: string, most: number): readonly string[] {
    const values = this.#parameters.getAll(name)
    if (values.length > most)
      throw invalid(name, `it is given ${values.length} times, and ${most} are the most`)
    if (values.includes('')) throw invalid(name, 'it is empty; give a value, or leave it out')
    return values
  }

  whole(name: string, least: number, most: number): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw invalid(name, `it is no whole number from ${least} to ${most}`)
  }

  flag(name: string): boolean | undefined {
    const text = this.oneOf(name, ['true', 'false'])
    return text === undefined ? undefined : text === 'true'
  }

  oneOf<const T extends string>(name: string, values: readonly T[]): T | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    return memberOf(values, text, name)
  }

  /** Values in one text with commas between them; none where the text is empty. */
  someOf<const T extends string>(name: string, values: readonly T[]): readonly T[] {
    const texts = this.text(name)?.split(',', values.length + 1) ?? []
    if (texts.length > values.length)
      throw invalid(name, `it names more than there are: ${values.join(', ')}`)
    return texts.filter((text) => text !== '').map((text) => memberOf(values, text, name))
  }

  /** ms since 1970: an RFC 3339 time, or the first or the last moment of a day in UTC. */
  time(name: string, moment: 'first' | 'last'): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return parseTimestamp(text, name)
    return parseTimestamp(`${text}T00:00:00Z`, name) + (moment === 'first' ? 0 : dayMs - 1)
  }
}

function memberOf<T extends string>(values: readonly T[], text: string, name: string): T {
  const found = values.find((value) => value === text)
  if (found !== undefined) return found
  throw invalid(name, `it is none of ${values.join(', ')}${namingNearest(text, values)}`)
}

function invalid(parameter: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
