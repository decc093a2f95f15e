import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.ts'

export interface LiveServer extends AsyncDisposable {
  /** `127.0.0.1:port`: how clients name the registry. */
  readonly address: string
  readonly url: string
  /** Its data folder; empty where the registry is one of LADING_TARGET. */
  readonly data: string
  /** What the server has printed so far, for a failing test to show. */
  printed(): string
}

const launcher = join(import.meta.dirname, '../../server/bin/lading.js')
const startDeadlineMs = 60_000
const stopDeadlineMs = 30_000

/**
 * Starts Lading as a user would, on a free port with a data folder of its own. Disposal ends it by SIGTERM and throws
 * where it does not end well. `folder`: a data folder that is there already. With LADING_TARGET=host:port that registry is used instead and left alone.
 */
export async function startServer(flags: readonly string[] = [], folder?: string): Promise<LiveServer> {
  const { LADING_TARGET: target } = process.env
  if (target && folder === undefined)
    return {
      address: target,
      url: `http://${target}`,
      data: '',
      printed: () => '',
      async [Symbol.asyncDispose]() {},
    }
  const data = await temporaryFolder()
  const served = folder ?? join(data.path, 'data')
  const { PATH = '' } = process.env
  const child = spawn(
    process.execPath,
    [launcher, 'serve', '--listen', '127.0.0.1:0', '--json', '--data', served, ...flags],
    { cwd: data.path, env: { PATH, HOME: data.path }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  // A test process that dies takes its server along.
  const kill = (): void => void child.kill('SIGKILL')
  process.on('exit', kill)
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  }
  const dispose = async (): Promise<void> => {
    try {
      await stop(child, () => printed)
    } finally {
      process.off('exit', kill)
      await data[Symbol.asyncDispose]()
    }
  }
  try {
    const address = await announcedAddress(child, () => printed)
    return {
      address,
      url: `http://${address}`,
      data: served,
      printed: () => printed,
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    kill()
    await dispose().catch(() => {})
    throw error
  }
}

/** The address that the server's first line, which is JSON, tells. */
function announcedAddress(child: ChildProcess, printed: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the server ${why}:\n${printed()}`))
    const timer = setTimeout(() => fail(`said no address within ${startDeadlineMs} ms`), startDeadlineMs)
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const address = said.split('\n').slice(0, -1).map(addressIn).find(Boolean)
      if (!address) return
      clearTimeout(timer)
      resolve(address)
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended (${signal ?? code}) before it listened`)
    })
  })
}

function addressIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined
  const { address }: { address?: unknown } = JSON.parse(line)
  return typeof address === 'string' ? address : undefined
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
