import { join } from 'node:path'
import { runProgram } from '../process/run-program.ts'
import type { Done, Plan } from './plan.ts'

const generator = join(import.meta.dirname, 'generate.ts')
/** Beyond the plan's own time: a last push may take long. */
const graceMs = 120_000

/** Carries out a plan in a process of its own, so that the client's work is not the harness's. */
export async function runGenerator(plan: Plan): Promise<Done> {
  const { stdout } = await runProgram(
    process.execPath,
    [generator, JSON.stringify(plan)],
    plan.seconds * 1000 + graceMs,
  )
  return JSON.parse(stdout) as Done
}
