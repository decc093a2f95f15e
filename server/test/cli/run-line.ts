import { run } from '../../src/cli/run.ts'
import { type GivenWorld, TestWorld } from './test-world.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  /** What was written without a line end: the line of progress. */
  readonly asked: string
}

export async function runIn(world: TestWorld, words: readonly string[]): Promise<Ran> {
  const code = await run(words, world)
  return {
    code,
    out: world.printed.join('\n'),
    err: world.complained.join('\n'),
    asked: world.asked.join(''),
  }
}

/** One command line, of words between spaces. */
export async function runLine(line: string, given: GivenWorld = {}): Promise<Ran> {
  return await runIn(new TestWorld(given), line.split(' '))
}

/** What the other lines must end well for. Throws with all that was said where it did not. */
export async function runWell(line: string, given: GivenWorld = {}): Promise<Ran> {
  const ran = await runLine(line, given)
  if (ran.code !== 0 || ran.err !== '')
    throw new Error(`${line} ended with ${ran.code}: ${ran.err}\n${ran.out}`)
  return ran
}
