import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.ts'

export interface LiveServer extends AsyncDisposable {
  /** `127.0.0.1:port`: how clients name the registry. */
  readonly address: string
  readonly url: string
  /** What the server has printed so far, for a failing test to show. */
  printed(): string
}

const launcher = join(import.meta.dirname, '../../server/bin/lading.js')
const startDeadlineMs = 60_000
const stopDeadlineMs = 30_000

/**
 * Starts Lading as a user would, on a free port with a data folder of its own. Disposal ends it by SIGTERM and throws
 * where it does not end well. With LADING_TARGET=host:port that registry is used instead and left alone.
 */
export async function startServer(flags: readonly string[] = []): Promise<LiveServer> {
  const { LADING_TARGET: target } = process.env
  if (target)
    return { address: target, url: `http://${target}`, printed: () => '', async [Symbol.asyncDispose]() {} }
  const data = await temporaryFolder()
  const { PATH = '' } = process.env
  const child = spawn(
    process.execPath,
    [launcher, 'serve', '--listen', '127.0.0.1:0', '--json', '--data', join(data.path, 'data'), ...flags],
    { cwd: data.path, env: { PATH, HOME: data.path }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  // A test process that dies takes its server along.
  const kill = (): void => void child.kill('SIGKILL')
  process.on('exit', kill)
  let printed = ''
  const dispose = async (): Promise<void> => {
    try {
      await stop(child, () => printed)
    } finally {
      process.off('exit', kill)
      await data[Symbol.asyncDispose]()
    }
  }
  try {
    const port = await announcedPort(child, (text) => {
      printed += text
      return printed
    })
    const address = `127.0.0.1:${port}`
    return { address, url: `http://${address}`, printed: () => printed, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    kill()
    await dispose().catch(() => {})
    throw error
  }
}

/** The port that the server says it listens on. */
function announcedPort(child: ChildProcess, keep: (text: string) => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the server ${why}:\n${keep('')}`))
    const timer = setTimeout(() => fail(`said no port within ${startDeadlineMs} ms`), startDeadlineMs)
    const listen = (chunk: Buffer): void => {
      const port = /127\.0\.0\.1:([1-9]\d*)/.exec(keep(chunk.toString()))?.[1]
      if (!port) return
      clearTimeout(timer)
      resolve(Number(port))
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended (${signal ?? code}) before it listened`)
    })
  })
}

async function stop(child: ChildProcess, printed: () => string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(stopDeadlineMs) })
    child.kill('SIGTERM')
    try {
      await ended
    } catch (error) {
      child.kill('SIGKILL')
      throw new Error(`the server did not stop within ${stopDeadlineMs} ms:\n${printed()}`, { cause: error })
    }
  }
  if (child.exitCode !== 0) {
    throw new Error(`the server ended with ${child.signalCode ?? child.exitCode}:\n${printed()}`)
  }
}
