import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface SpawnOptions {
  readonly cwd: string
  /** All that the process sees. */
  readonly env: NodeJS.ProcessEnv
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly milliseconds: number
}

/** A server in processes of its own. Disposal kills what is left of them. */
export interface SpawnedServer extends Disposable {
  readonly url: string
  /** `127.0.0.1:port`: how clients name the registry. */
  readonly address: string
  /** Of the one process that was started. */
  readonly pid: number
  /** The exit code of one that ends by itself; null where a signal ended it. */
  readonly code: Promise<number | null>
  /** Both streams so far. */
  printed(): string
  /** Settles when the process and all that shares its streams have ended, whoever ended them. */
  readonly ended: Promise<void>
  /**
   * Sends the signal to the one process that was started. Answers once it and all that it started have ended; throws
   * where one outlives it.
   */
  end(signal: NodeJS.Signals): Promise<Ended>
}

const startDeadlineMs = 60_000
const endDeadlineMs = 20_000

/** Runs a command that serves, and answers once it has said where. */
export async function spawnServer(
  command: string,
  args: readonly string[],
  { cwd, env }: SpawnOptions,
): Promise<SpawnedServer> {
  // The head of a process group: so that who outlives it can be found, and killed.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void signalGroup(child.pid, 'SIGKILL')
  process.on('exit', kill)
  let printed = ''
  let isListening = false
  const listening = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      // Searched again with each chunk, a long log would cost more and more.
      if (isListening) return
      const url = /^Lading listens on (\S+)\n/m.exec(printed)?.[1]
      if (url === undefined) return
      isListening = true
      listening.resolve(url)
    })
  }
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  closed
    .then(() =>
      Promise.reject(new Error(`${command} ${args.join(' ')} ended before it listened:\n${printed}`)),
    )
    .catch(listening.reject)
  const dispose = (): void => {
    process.off('exit', kill)
    kill()
  }
  const within = async <T>(deadlineMs: number, what: string, work: Promise<T>): Promise<T> => {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => late.reject(new Error(`${what} took over ${deadlineMs} ms:\n${printed}`)),
      deadlineMs,
    )
    return await Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
  }
  try {
    const url = await within(startDeadlineMs, 'the start', listening.promise)
    return {
      url,
      address: new URL(url).host,
      pid: child.pid as number,
      code: closed.then(([code]) => code),
      printed: () => printed,
      ended: closed.then(() => undefined),
      async end(name) {
        const begun = performance.now()
        child.kill(name)
        const [code, signal] = await within(endDeadlineMs, `the end by ${name}`, closed)
        const milliseconds = performance.now() - begun
        if (signalGroup(child.pid, 0)) throw new Error(`a process outlived ${command}:\n${printed}`)
        return { code, signal, milliseconds }
      },
      [Symbol.dispose]: dispose,
    }
  } catch (error) {
    dispose()
    throw error
  }
}

/** False: nothing is left of the group. */
function signalGroup(head: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (head === undefined) return false
  try {
    return process.kill(-head, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
