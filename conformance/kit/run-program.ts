import { spawn } from 'node:child_process'

export interface Running {
  readonly cwd: string
  /** All that the program sees of an environment, beside PATH. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly timeoutMs?: number
}

export interface Finished {
  readonly code: number
  /** As bytes, for what is no text. */
  readonly output: Buffer
  readonly stdout: string
  readonly stderr: string
}

/** Far more than any client needs on a slow machine; it only ends what hangs. */
const longestRunMs = 120_000

/**
 * Runs a program to its end with nothing of the user's environment, and answers whatever its exit code is. Throws
 * where it cannot be started, or was killed because it did not end in time.
 */
export function runProgram(program: string, args: readonly string[], running: Running): Promise<Finished> {
  const { cwd, env = {}, input, timeoutMs = longestRunMs } = running
  const { PATH = '' } = process.env
  const child = spawn(program, args, { cwd, env: { PATH, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A program that does not read its input closes the pipe; its exit code tells whether that was an error.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      const output = Buffer.concat(stdout)
      const finished = {
        code: code ?? -1,
        output,
        stdout: output.toString(),
        stderr: Buffer.concat(stderr).toString(),
      }
      if (late) reject(new Error(`${describeRun(program, args, finished)}\nkilled after ${timeoutMs} ms`))
      else resolve(finished)
    })
  })
}

/** Runs a program that must succeed; throws an error with all it printed where it does not. */
export async function succeed(program: string, args: readonly string[], running: Running): Promise<Finished> {
  const finished = await runProgram(program, args, running)
  if (finished.code !== 0) throw new Error(describeRun(program, args, finished))
  return finished
}

function describeRun(program: string, args: readonly string[], { code, stdout, stderr }: Finished): string {
  return `${[program, ...args].join(' ')}\nexit code ${code}\n${stdout}\n${stderr}`.trimEnd()
}
