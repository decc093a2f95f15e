import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { liveChildren } from '../process/live.ts'

/** What the kernel counts processor time in, in `/proc`: 100 a second wherever Node runs (proc(5), USER_HZ). */
const ticksPerSecond = 100

/** Processor time so far, in seconds. */
export interface ProcessorTime {
  readonly at: number
  /** Of every process of the machine, and what a hypervisor kept back. */
  readonly all: number
  /** Of this process, its living children and those that have ended. */
  readonly own: number
}

/** undefined where the system does not tell. */
export async function processorTime(): Promise<ProcessorTime | undefined> {
  try {
    const [machine, ...processes] = await Promise.all([
      readFile('/proc/stat', 'utf8'),
      readFile('/proc/self/stat', 'utf8'),
      ...liveChildren().map((pid) => readFile(`/proc/${pid}/stat`, 'utf8')),
    ])
    const own = processes.reduce((sum, text) => sum + processTicks(text), 0)
    return {
      at: performance.now() / 1000,
      all: machineTicks(machine) / ticksPerSecond,
      own: own / ticksPerSecond,
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The part of the machine's processors that others took in between, 0 to 1. */
export function foreignShare(before: ProcessorTime, after: ProcessorTime): number {
  const foreign = after.all - before.all - (after.own - before.own)
  const whole = (after.at - before.at) * availableParallelism()
  return Math.min(1, Math.max(0, foreign / whole))
}

/** user, nice, system and steal; interrupts are left out, since those of the loopback are the measurement's own. */
export function machineTicks(stat: string): number {
  const fields = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').map(Number)
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = fields
  return user + nice + system + steal
}

/** utime, stime, cutime and cstime: the 14th to the 17th. The second may have blanks in it, in parentheses. */
export function processTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
}
