import { join } from 'node:path'
import { runProgram } from '../process/run-program.ts'
import type { Measurement, Task } from './task.ts'

const program = join(import.meta.dirname, 'start.ts')
const deadlineMs = 20 * 60_000

/** In a process of its own: what it has in memory, and what its compiler has learnt, is of this work alone. */
export async function runTask(task: Task): Promise<unknown> {
  const { stdout } = await runProgram(process.execPath, [program, JSON.stringify(task)], deadlineMs)
  return JSON.parse(stdout)
}

export async function measureTask(task: Task): Promise<Measurement> {
  return (await runTask(task)) as Measurement
}
