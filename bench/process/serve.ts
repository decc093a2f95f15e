import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { spawnChild } from './live.ts'

/** A server in a process of its own. Disposal ends it. */
export interface Running extends AsyncDisposable {
  readonly origin: string
  readonly pid: number
  readonly folder: string
  /** From its start to its first answer. */
  readonly startMs: number
}

export interface Serving {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly folder: string
  readonly port: number
}

const startDeadlineMs = 30_000
const endDeadlineMs = 15_000
const askEveryMs = 5

/** Starts a server and waits until it answers `GET /v2/` at all. What it prints goes to a file in its folder. */
export async function serve({ program, args, env, folder, port }: Serving): Promise<Running> {
  const printed = join(folder, 'printed.log')
  const log = openSync(printed, 'a')
  const { PATH = '' } = process.env
  const begun = performance.now()
  const child = spawnChild(program, args, {
    cwd: folder,
    env: { PATH, HOME: folder, ...env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const exited = once(child, 'exit')
  const ended = exited.then(() => true as const)
  // A program that cannot be run at all is told of by the race below.
  ended.catch(() => {})
  const origin = `http://127.0.0.1:${port}`
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), endDeadlineMs)
    await exited
    clearTimeout(timer)
  }
  try {
    while (!(await answers(`${origin}/v2/`))) {
      const late = performance.now() - begun > startDeadlineMs
      if (late || (await Promise.race([ended, wait(askEveryMs, false)]))) {
        throw new Error(`${program} did not start: ${(await readFile(printed, 'utf8')).trim().slice(-500)}`)
      }
    }
    const startMs = performance.now() - begun
    return { origin, pid: child.pid ?? 0, folder, startMs, [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(true)).on('error', () => resolve(false))
    }).on('error', () => resolve(false))
  })
}
