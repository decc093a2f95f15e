/** What a pattern consists of. */
export type PatternNode =
  | { readonly is: 'character'; readonly fits: (character: string) => boolean }
  | { readonly is: 'start' | 'end' | 'edge' | 'no-edge' }
  | { readonly is: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly is: 'choice'; readonly ways: readonly PatternNode[] }
  | { readonly is: 'repeat'; readonly of: PatternNode; readonly least: number; readonly most: number }

/** Why a pattern is not taken, as the end of a sentence about it. */
export class PatternRefused extends Error {}

export const longestPattern = 1_000
const deepestPattern = 50

/**
 * ECMA-262 with the flag `u`, as JSON Schema wants it, without what only looking back can decide: groups that look around,
 * and references to what a group has matched.
 * @throws PatternRefused
 */
export function parsePattern(text: string): PatternNode {
  if (text.length > longestPattern) throw new PatternRefused(`is longer than ${longestPattern} characters`)
  try {
    // What follows reads only what is known to be well-formed.
    new RegExp(text, 'u')
  } catch (error) {
    throw new PatternRefused(`is no regular expression: ${error instanceof Error ? error.message : ''}`)
  }
  return readChoice({ text, at: 0, depth: 0 })
}

interface Reading {
  readonly text: string
  at: number
  depth: number
}

function readChoice(reading: Reading): PatternNode {
  const ways = [readSequence(reading)]
  while (reading.text[reading.at] === '|') {
    reading.at++
    ways.push(readSequence(reading))
  }
  const [only] = ways
  return ways.length === 1 && only !== undefined ? only : { is: 'choice', ways }
}

function readSequence(reading: Reading): PatternNode {
  const parts: PatternNode[] = []
  while (reading.at < reading.text.length && !'|)'.includes(reading.text[reading.at] ?? '')) {
    parts.push(readRepeats(reading, readOne(reading)))
  }
  return { is: 'sequence', parts }
}

function readOne(reading: Reading): PatternNode {
  switch (reading.text[reading.at]) {
    case '(':
      return readGroup(reading)
    case '^':
      reading.at++
      return { is: 'start' }
    case '$':
      reading.at++
      return { is: 'end' }
    default:
      return readCharacter(reading)
  }
}

const lookingAround = /^\((?:\?<?[=!])/
const opening = /^\((?:\?:|\?<[^>]*>)?/

function readGroup(reading: Reading): PatternNode {
  const rest = reading.text.slice(reading.at, reading.at + longestPattern)
  if (lookingAround.test(rest)) throw new PatternRefused('looks ahead or behind, which is not taken')
  if (/^\(\?(?![:<])/.test(rest)) throw new PatternRefused('changes its flags, which is not taken')
  if (++reading.depth > deepestPattern)
    throw new PatternRefused(`is nested deeper than ${deepestPattern} groups`)
  reading.at += opening.exec(rest)?.[0].length ?? 1
  const inner = readChoice(reading)
  // Its closing bracket.
  reading.at++
  reading.depth--
  return inner
}

/** One character: as it stands, any one, one of a class, or escaped. */
const character =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u\{[0-9a-fA-F]+\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\.|\[(?:\\.|[^\\\]])*\]|./suy

function readCharacter(reading: Reading): PatternNode {
  character.lastIndex = reading.at
  const written = character.exec(reading.text)?.[0] ?? ''
  reading.at += written.length
  if (written === '\\b') return { is: 'edge' }
  if (written === '\\B') return { is: 'no-edge' }
  if (/^\\[1-9k]/.test(written))
    throw new PatternRefused('refers to what a group has matched, which is not taken')
  return { is: 'character', fits: fitting(written) }
}

/** A class of one character is the engine's own, asked for one character at a time. */
function fitting(written: string): (character: string) => boolean {
  if (!/^[\\[.]/.test(written)) return (given) => given === written
  const one = new RegExp(`^${written}$`, 'u')
  const known = new Map<string, boolean>()
  return (given) => {
    const before = known.get(given)
    if (before !== undefined) return before
    const fits = one.test(given)
    if (known.size < 1_000) known.set(given, fits)
    return fits
  }
}

function readRepeats(reading: Reading, of: PatternNode): PatternNode {
  const [written, least, comma, most] =
    /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(reading.text.slice(reading.at, reading.at + 50)) ?? []
  if (written === undefined) return of
  reading.at += written.length
  if (written[0] === '*') return { is: 'repeat', of, least: 0, most: Number.POSITIVE_INFINITY }
  if (written[0] === '+') return { is: 'repeat', of, least: 1, most: Number.POSITIVE_INFINITY }
  if (written[0] === '?') return { is: 'repeat', of, least: 0, most: 1 }
  const from = Number(least)
  const open = comma === '' ? from : most === '' ? Number.POSITIVE_INFINITY : Number(most)
  return { is: 'repeat', of, least: from, most: open }
}
