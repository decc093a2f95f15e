import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { spawnChild } from './live.ts'

export interface Printed {
  readonly stdout: string
  readonly stderr: string
}

const toldCharacters = 500

export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed'
  readonly printed: Printed

  constructor(what: string, printed: Printed) {
    super(`${what}: ${(printed.stderr || printed.stdout).trim().slice(-toldCharacters)}`)
    this.printed = printed
  }
}

/** Runs a program to its end. Throws ProgramFailed where it ends badly or takes longer than the deadline. */
export async function runProgram(
  program: string,
  args: readonly string[],
  deadlineMs: number = 60_000,
): Promise<Printed> {
  const child = spawnChild(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  try {
    const closed = once(child, 'close')
    const [stdout, stderr, [code, signal]] = await Promise.all([
      child.stdout ? text(child.stdout) : '',
      child.stderr ? text(child.stderr) : '',
      closed,
    ])
    if (code === 0) return { stdout, stderr }
    throw new ProgramFailed(`${program} ended with ${signal ?? code}`, { stdout, stderr })
  } finally {
    clearTimeout(timer)
  }
}
