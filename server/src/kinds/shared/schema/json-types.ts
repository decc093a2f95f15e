import { shown } from '../place.ts'

const words: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

export function isSameType(one: unknown, other: unknown): boolean {
  return typeOf(one) === typeOf(other)
}

/** A value by its type, as people say it. */
export function wordFor(value: unknown): string {
  return value === undefined ? 'nothing' : (words[typeOf(value)] ?? typeOf(value))
}

/** What the keyword `type` asks for. */
export function wordsFor(types: unknown): string {
  return [types]
    .flat()
    .map((type) => words[String(type)] ?? String(type))
    .join(' or ')
}

/** Words without quotes, as people write them. */
export function shownPlain(value: unknown): string {
  return typeof value === 'string' && /^[\w.-]{1,40}$/.test(value) ? value : shown(value)
}
