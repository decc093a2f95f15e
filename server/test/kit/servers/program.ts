import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { stopThreads } from './stop-threads.ts'

export interface ProgramOptions {
  readonly path: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Where it listens on 127.0.0.1 once it is ready. */
  readonly port?: number
  /** Asked again and again until it answers true; the open port where it is not given. */
  readonly ready?: () => Promise<boolean>
  readonly readyMs?: number
}

/** A server that a test has started. Disposal ends it, and waits until it is gone. */
export interface Program extends AsyncDisposable {
  readonly pid: number
  /** The end of what it has written to stdout and stderr. */
  output(): string
  readonly exited: Promise<number | NodeJS.Signals>
  signal(name: NodeJS.Signals): void
  /** Ends it at once, without a chance to tidy up. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const keptOutput = 64 * 1024
const stopMs = 20_000

/** Rejects, with what the program has said, where it ends or is not ready in time. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { path, args, env, cwd, port, readyMs = 30_000 } = options
  const child = spawn(path, args, {
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-keptOutput)
    })
  const program = programOf(child, path, () => said)
  const ready = options.ready ?? (port === undefined ? async () => true : () => isOpen(port))
  const gone = program.exited.then((end) => `${path} ended (${end}) before it was ready:\n${said}`)
  const until = performance.now() + readyMs
  try {
    for (;;) {
      const state = await Promise.race([gone, ready()])
      if (state === true) return program
      if (typeof state === 'string') throw new Error(state)
      if (performance.now() > until) throw new Error(`${path} was not ready in ${readyMs} ms:\n${said}`)
      await pause(20)
    }
  } catch (error) {
    await program.kill()
    throw error
  }
}

function programOf(child: ChildProcess, path: string, output: () => string): Program {
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? -1))
  })
  exited.catch(() => {})
  const alive = (): boolean => child.exitCode === null && child.signalCode === null
  const end = async (name: NodeJS.Signals): Promise<void> => {
    if (alive() && child.pid !== undefined) child.kill(name)
    const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
    await exited.catch(() => {})
    clearTimeout(late)
  }
  return {
    get pid() {
      if (child.pid === undefined) throw new Error(`${path} did not start`)
      return child.pid
    },
    output,
    exited,
    signal: (name) => {
      if (!alive()) return
      if (name === 'SIGSTOP' && child.pid !== undefined) stopThreads(child.pid)
      else child.kill(name)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}

/** Somebody listens there. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
