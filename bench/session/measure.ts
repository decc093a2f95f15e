import type { Missing } from '../process/find-program.ts'
import type { Turn } from '../statistics/round.ts'
import { load } from './circumstances.ts'
import { foreignShare, processorTime } from './processor-time.ts'
import type { RowResults } from './results.ts'
import { type Measured, type Row, type Values, WrongAnswer } from './row.ts'

/** What `measureRow` needs of the stage. */
export interface Targets {
  missing(name: string): string | undefined
  measured(name: string): Measured
  /** Disposes of what was made for the row alone. */
  endRow(): Promise<void>
  readonly programs: ReadonlyMap<string, object | Missing>
}

export interface Wish {
  readonly rounds: number
  readonly seconds: number
}

/** Told after every finished round, so that it can be kept. */
export type Keep = (results: RowResults) => Promise<void>

/**
 * Brings a row to the wished number of rounds, each through all targets in turn. A target that is missing, answers
 * wrongly or fails is left out from then on, with the reason. Rounds that are there already are not done again.
 */
export async function measureRow(
  row: Row,
  earlier: RowResults,
  wish: Wish,
  targets: Targets,
  keep: Keep,
): Promise<RowResults> {
  if (earlier.rounds.length >= wish.rounds) return earlier
  try {
    return await takeTurns(row, earlier, wish, targets, keep)
  } finally {
    await targets.endRow()
  }
}

async function takeTurns(
  ...[row, earlier, wish, targets, keep]: Parameters<typeof measureRow>
): Promise<RowResults> {
  const absent: Record<string, string> = {}
  const present: Measured[] = []
  for (const name of row.targets) {
    const why = lackOf(row, name, targets) ?? (await fault(() => row.check(targets.measured(name))))
    if (why === undefined) present.push(targets.measured(name))
    else absent[name] = why
  }
  const rounds: Turn[] = [...earlier.rounds]
  let results: RowResults = { absent, rounds }
  while (rounds.length < wish.rounds) {
    const turn = await takeTurn(row, present, wish.seconds, absent)
    if (turn === undefined) break
    rounds.push(turn)
    results = { absent: { ...absent }, rounds: [...rounds] }
    await keep(results)
  }
  return { absent, rounds }
}

/** Once through all targets that did not fail before; writes down those that fail now. undefined where none is left. */
async function takeTurn(
  row: Row,
  present: readonly Measured[],
  seconds: number,
  absent: Record<string, string>,
): Promise<Turn | undefined> {
  const begun = { at: new Date().toISOString(), load: load() }
  const before = await processorTime()
  const values: Record<string, Values> = {}
  for (const target of present.filter(({ name }) => absent[name] === undefined)) {
    const why = await fault(async () => {
      values[target.name] = await row.measure(target, seconds)
    })
    if (why !== undefined) absent[target.name] = why
  }
  if (Object.keys(values).length === 0) return undefined
  const after = await processorTime()
  const foreign = before && after && { foreign: foreignShare(before, after) }
  return { ...begun, loadAfter: load(), ...foreign, values }
}

/** Why the target cannot be measured in this row. */
export function lackOf(row: Row, name: string, targets: Targets): string | undefined {
  const missing = targets.missing(name)
  if (missing !== undefined) return `missing: ${missing}`
  for (const need of row.needs ?? []) {
    const program = targets.programs.get(need)
    if (program === undefined) return `missing: ${need}`
    if ('missing' in program) return `missing: ${program.missing}`
  }
  return undefined
}

async function fault(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    // It becomes a line of a list.
    const message = (error as Error).message.replaceAll(/\s+/g, ' ')
    return `${error instanceof WrongAnswer ? 'wrong answer' : 'failed'}: ${message}`
  }
}
