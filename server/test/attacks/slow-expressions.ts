import { type HardText, hardTexts, textOf } from './hard-texts.ts'

/** Something that an expression takes too long for. */
export interface Slow {
  readonly text: HardText
  readonly length: number
  readonly ms: number
}

/**
 * Lengths, each but a quarter more than the one before: where time is raised to a power with each character, none of them takes much
 * longer than `fewMs` before that is seen.
 */
const few = [...lengthsUpTo(2_000)]
const fewMs = 20
/** Where time grows with the square of the length, the longest of these takes longer than that; where it grows with the length, far less. */
const someMs = 1

/**
 * Looks for a text of at most `length` characters for which `expression` takes longer than `most` ms. An expression whose steps
 * grow with the length takes some µs for thousands of characters, one whose steps grow with its square takes a hundred times
 * that: no clock has to be exact to tell them apart, and what was slow once has to be slow again.
 */
export function findSlow(
  expression: RegExp,
  { length, most }: { readonly length: number; readonly most: number },
): Slow | undefined {
  for (const text of hardTexts(expression)) {
    let last = 0
    for (const short of few.filter((one) => one <= length)) {
      const begun = performance.now()
      run(expression, textOf(text, short))
      last = performance.now() - begun
      if (last <= fewMs) continue
      // Or the machine had something else to do.
      const ms = workOf(() => run(expression, textOf(text, short)))
      if (ms > fewMs) return { text, length: short, ms }
    }
    if (last < someMs) continue
    const whole = textOf(text, length)
    const ms = Math.min(...[1, 2].map(() => workOf(() => run(expression, whole))))
    if (ms > most) return { text, length, ms }
  }
  return undefined
}

function* lengthsUpTo(most: number): Generator<number> {
  for (let length = 14; length < most; length = Math.ceil(length * 1.25)) yield length
  yield most
}

/** As the source uses it: all that it finds where it looks for more than one. */
function run(expression: RegExp, text: string): void {
  expression.lastIndex = 0
  if (expression.global) text.replace(expression, '')
  else expression.test(text)
}

/**
 * In ms, for which this thread has had a processor: whatever else the machine does is not counted. Some systems tell it in steps of
 * several ms.
 */
export function workOf(work: () => unknown): number {
  const begun = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(begun)
  return (user + system) / 1000
}
