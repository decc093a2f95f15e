import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'

/** What the kernel counts processor time in, in `/proc`: 100 a second wherever Node runs (proc(5), USER_HZ). */
const ticksPerSecond = 100

/** Processor time so far, in seconds. */
export interface ProcessorTime {
  readonly at: number
  /** Of every process of the machine, and what a hypervisor kept back. */
  readonly all: number
  /** Of this process, of all that live below it, and of those that have ended there. */
  readonly own: number
}

/** undefined where the system does not tell. */
export async function processorTime(): Promise<ProcessorTime | undefined> {
  try {
    const [machine, ...all] = await Promise.all([
      readFile('/proc/stat', 'utf8'),
      ...(await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(statOf),
    ])
    const processes = below(
      process.pid,
      all.filter((text) => text !== undefined),
    )
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

/** undefined: it has ended meanwhile. */
async function statOf(pid: string): Promise<string | undefined> {
  return await readFile(`/proc/${pid}/stat`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined
    throw error
  })
}

/** Of the stats of processes those of one, and of all that descend from it: servers are started by others, too. */
export function below(root: number, stats: readonly string[]): readonly string[] {
  const byParent = Map.groupBy(stats, (stat) => Number(fieldsOf(stat)[1]))
  const found = stats.filter((stat) => Number.parseInt(stat, 10) === root)
  for (const stat of found) found.push(...(byParent.get(Number.parseInt(stat, 10)) ?? []))
  return found
}

/** From the third on: the second may have blanks in it, in parentheses. */
const fieldsOf = (stat: string): readonly string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

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

/** utime, stime, cutime and cstime: the 14th to the 17th. */
export function processTicks(stat: string): number {
  return fieldsOf(stat)
    .slice(11, 15)
    .reduce((sum, field) => sum + Number(field), 0)
}
