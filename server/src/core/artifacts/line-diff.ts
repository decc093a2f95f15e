import { diffArrays } from 'diff'

/** One line of two texts that are read side by side. */
export interface LineChange {
  readonly change: 'same' | 'added' | 'removed'
  /** Without what ends it. */
  readonly text: string
  /** The text ends with this line, and nothing ends the line. */
  readonly unended?: true
}

/** `none`: there is no end of a line. */
export type LineEnding = 'lf' | 'crlf' | 'mixed' | 'none'

export interface TextDiff {
  /** What is removed stands before what is added in its place. */
  readonly lines: readonly LineChange[]
  /** Said once, where the ends of lines are not the same ones; no line counts as changed for it. */
  readonly lineEndings?: { readonly before: LineEnding; readonly after: LineEnding }
}

/** Of both texts together. Beyond these, nobody would read what changed line by line. */
const mostLines = 20_000
const mostCharacters = 4_194_304
/**
 * Added and removed lines among those that both texts have. The work grows with its square, and with this bound stays
 * about a tenth of a second; a bound in time would make the answer depend on what else the machine does.
 */
const mostEdits = 600

/** undefined: they are too long, or too different, to be shown line by line. */
export function diffText(before: string, after: string): TextDiff | undefined {
  if (before.length + after.length > mostCharacters) return undefined
  const [old, now] = [linesOf(before), linesOf(after)]
  if (old.length + now.length > mostLines) return undefined
  const pairs = commonLines(old, now)
  if (pairs === undefined) return undefined
  const lines = interleave(old, now, pairs)
  const endings = { before: endingOf(before), after: endingOf(after) }
  const isAllTheSame = lines.every(({ change }) => change === 'same')
  const isTold = isAllTheSame ? before !== after : areDifferent(endings)
  return { lines, ...(isTold && { lineEndings: endings }) }
}

/** A text of one line has no way of ending lines that could differ. */
function areDifferent({ before, after }: { before: LineEnding; after: LineEnding }): boolean {
  return before !== after && before !== 'none' && after !== 'none'
}

function endingOf(text: string): LineEnding {
  const isCrlf = text.includes('\r\n')
  const isLf = /(?:^|[^\r])\n/.test(text)
  if (isCrlf) return isLf ? 'mixed' : 'crlf'
  return isLf ? 'lf' : 'none'
}

/** Each with its end, but for the last one of a text that does not end with one. */
function linesOf(text: string): string[] {
  return text.replaceAll('\r\n', '\n').match(/[^\n]*\n|[^\n]+$/g) ?? []
}

interface Pair {
  readonly old: number
  readonly now: number
}

/**
 * Places of the lines that stay, in order: as many as can be. A line that only one of the texts has is none of them, and is
 * not even looked at: a text that was written anew is compared as quickly as one that was hardly touched.
 */
function commonLines(old: readonly string[], now: readonly string[]): readonly Pair[] | undefined {
  const [inOld, inNow] = [new Set(old), new Set(now)]
  const shared = {
    old: [...old.entries()].filter(([, line]) => inNow.has(line)),
    now: [...now.entries()].filter(([, line]) => inOld.has(line)),
  }
  const numbers = new Map([...inOld].map((line, number) => [line, number]))
  const numbered = (lines: readonly (readonly [number, string])[]): (number | undefined)[] =>
    lines.map(([, line]) => numbers.get(line))
  const script = diffArrays(numbered(shared.old), numbered(shared.now), { maxEditLength: mostEdits })
  if (script === undefined) return undefined
  const stay: { old: number[]; now: number[] } = { old: [], now: [] }
  const at = { old: 0, now: 0 }
  for (const { added, removed, count } of script) {
    for (const side of ['old', 'now'] as const) {
      if (side === 'old' ? added : removed) continue
      if (!added && !removed)
        stay[side].push(...shared[side].slice(at[side], at[side] + count).map(([place]) => place))
      at[side] += count
    }
  }
  return stay.old.map((place, number) => ({ old: place, now: stay.now[number] ?? 0 }))
}

function interleave(old: readonly string[], now: readonly string[], pairs: readonly Pair[]): LineChange[] {
  const lines: LineChange[] = []
  const push = (change: LineChange['change'], some: readonly string[]): void => {
    for (const line of some) lines.push(lineChange(change, line))
  }
  const at = { old: 0, now: 0 }
  for (const pair of [...pairs, { old: old.length, now: now.length }]) {
    push('removed', old.slice(at.old, pair.old))
    push('added', now.slice(at.now, pair.now))
    push('same', old.slice(pair.old, pair.old + 1))
    at.old = pair.old + 1
    at.now = pair.now + 1
  }
  return lines
}

function lineChange(change: LineChange['change'], line: string): LineChange {
  return line.endsWith('\n') ? { change, text: line.slice(0, -1) } : { change, text: line, unended: true }
}
