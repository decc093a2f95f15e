import type { Missing } from '../process/find-program.ts'
import type { Round } from '../statistics/round.ts'
import { load } from './circumstances.ts'
import type { RowResults } from './results.ts'
import { type Measured, type Row, WrongAnswer } from './row.ts'

/** What `measureRow` needs of the stage. */
export interface Targets {
  missing(name: string): string | undefined
  measured(name: string): Measured
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
  const absent: Record<string, string> = {}
  const present: Measured[] = []
  for (const name of row.targets) {
    const why = lackOf(row, name, targets) ?? (await fault(() => row.check(targets.measured(name))))
    if (why === undefined) present.push(targets.measured(name))
    else absent[name] = why
  }
  const rounds: Round[] = [...earlier.rounds]
  let results: RowResults = { absent, rounds }
  while (rounds.length < wish.rounds && present.some(({ name }) => absent[name] === undefined)) {
    const round = { at: new Date().toISOString(), load: load() }
    const values: Record<string, number> = {}
    for (const target of present.filter(({ name }) => absent[name] === undefined)) {
      const why = await fault(async () => {
        values[target.name] = await row.measure(target, wish.seconds)
      })
      if (why !== undefined) absent[target.name] = why
    }
    if (Object.keys(values).length === 0) break
    rounds.push({ ...round, values })
    results = { absent: { ...absent }, rounds: [...rounds] }
    await keep(results)
  }
  return { absent, rounds }
}

function lackOf(row: Row, name: string, targets: Targets): string | undefined {
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
    const { message } = error as Error
    return `${error instanceof WrongAnswer ? 'wrong answer' : 'failed'}: ${message}`
  }
}
