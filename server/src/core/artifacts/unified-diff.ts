import type { LineChange } from './line-diff.ts'

/** How the two texts are called in the head. */
export interface DiffNames {
  readonly before: string
  readonly after: string
}

/** Lines around a change that are shown with it. */
const context = 3

const marks: Readonly<Record<LineChange['change'], string>> = { same: ' ', added: '+', removed: '-' }

/** What changed, as `diff -u` writes it. Empty where no line has changed. */
export function unifiedDiff(lines: readonly LineChange[], names: DiffNames): string {
  const hunks = hunksOf(lines)
  if (hunks.length === 0) return ''
  return [`--- ${quoted(names.before)}`, `+++ ${quoted(names.after)}`, ...hunks.flatMap(written), ''].join(
    '\n',
  )
}

interface Hunk {
  /** Lines of each text that stand before it. */
  readonly old: number
  readonly now: number
  readonly lines: readonly LineChange[]
}

function hunksOf(lines: readonly LineChange[]): readonly Hunk[] {
  const hunks: Hunk[] = []
  const at = { old: 0, now: 0 }
  let from = 0
  for (const range of rangesOf(lines)) {
    for (; from < range.from; from++) pass(at, lines[from])
    const shown = lines.slice(range.from, range.to)
    hunks.push({ ...at, lines: shown })
  }
  return hunks
}

function pass(at: { old: number; now: number }, line: LineChange | undefined): void {
  if (line?.change !== 'added') at.old += 1
  if (line?.change !== 'removed') at.now += 1
}

/** Changes with what stands around them; those whose surroundings meet are one. */
function rangesOf(lines: readonly LineChange[]): readonly { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = []
  for (const [at, { change }] of lines.entries()) {
    if (change === 'same') continue
    const [from, to] = [Math.max(0, at - context), Math.min(lines.length, at + context + 1)]
    const last = ranges.at(-1)
    if (last !== undefined && from <= last.to) last.to = to
    else ranges.push({ from, to })
  }
  return ranges
}

function written({ old, now, lines }: Hunk): readonly string[] {
  const [ofOld, ofNow] = [
    lines.filter(({ change }) => change !== 'added').length,
    lines.filter(({ change }) => change !== 'removed').length,
  ]
  return [
    `@@ -${place(old, ofOld)} +${place(now, ofNow)} @@`,
    ...lines.flatMap(({ change, text, unended }) => [
      `${marks[change]}${text}`,
      ...(unended ? ['\\ No newline at end of file'] : []),
    ]),
  ]
}

/** Of no lines: the one that stands before. */
function place(before: number, count: number): string {
  if (count === 1) return `${before + 1}`
  return `${count === 0 ? before : before + 1},${count}`
}

/** A name is one line, whatever is in it. */
function quoted(name: string): string {
  return /[\p{Cc}\p{Zl}\p{Zp}"\\]/u.test(name) ? JSON.stringify(name) : name
}
