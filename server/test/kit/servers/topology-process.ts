import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Finished, runProgram } from '../../../../conformance/kit/run-program.ts'
import { machineEnvironment } from '../machine-environment.ts'
import { type Ended, type SpawnedServer, spawnServer } from '../spawned-server.ts'
import { freePort } from './free-port.ts'

/** One of several processes on the same servers, as a user would start it. Its address stays, whoever runs there. */
export interface LadingProcess extends AsyncDisposable {
  readonly url: string
  /** `127.0.0.1:port` */
  readonly address: string
  /** Its own data folder. */
  readonly data: string
  /** What it is told by its environment. */
  readonly settings: Readonly<Record<string, string>>
  readonly pid: number
  readonly isRunning: boolean
  /** Both streams of all its lives. */
  printed(): string
  start(more?: Partial<Life>): Promise<void>
  /** Answers when it has ended. */
  end(signal: NodeJS.Signals): Promise<Ended>
  /** One more program with the same settings, or others: `lading status`. Answers whatever its exit code is. */
  command(words: readonly string[], settings?: Readonly<Record<string, string>>): Promise<Finished>
}

export interface Life {
  /** ms by which its clock is ahead. */
  readonly aheadMs: number
  /** Urls of modules that are loaded before anything else. */
  readonly loaded: readonly string[]
  readonly settings: Readonly<Record<string, string>>
}

const launcher = join(import.meta.dirname, '../../../bin/lading.js')
const clockAhead = pathToFileURL(join(import.meta.dirname, '../../crash/clock-ahead.ts'))

/** `folder` is its own; it has not been started. */
export async function ladingProcess(folder: string, usual: Life): Promise<LadingProcess> {
  await mkdir(join(folder, 'tmp'), { recursive: true })
  const [port, data] = [await freePort(), join(folder, 'data')]
  const address = `127.0.0.1:${port}`
  const environment = (settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
    ...machineEnvironment(join(folder, 'tmp')),
    LADING_LOG_FORMAT: 'json',
    ...settings,
    LADING_DATA: data,
  })
  let said = ''
  let current: { readonly life: SpawnedServer; over: boolean } | undefined
  const running = (): SpawnedServer => {
    if (current === undefined) throw new Error(`no Lading was started at ${address}`)
    return current.life
  }
  const end = async (signal: NodeJS.Signals): Promise<Ended> => {
    const life = running()
    const ended = await life.end(signal).finally(() => life[Symbol.dispose]())
    said += life.printed()
    current = undefined
    return ended
  }
  return {
    url: `http://${address}`,
    address,
    data,
    settings: usual.settings,
    get pid() {
      return running().pid
    },
    get isRunning() {
      return current !== undefined && !current.over
    },
    printed: () => said + (current?.life.printed() ?? ''),
    start: async (more = {}) => {
      const { aheadMs, loaded, settings } = { ...usual, ...more }
      const modules = [...(aheadMs === 0 ? [] : [moduleAhead(aheadMs)]), ...loaded]
      const args = [...modules.flatMap((url) => ['--import', url]), launcher, 'serve', '--listen', address]
      const life = await spawnServer(process.execPath, args, { cwd: folder, env: environment(settings) })
      const begun = { life, over: false }
      current = begun
      void life.ended.then(() => {
        begun.over = true
      })
    },
    end,
    command: (words, settings = usual.settings) =>
      runProgram(process.execPath, [launcher, ...words], {
        cwd: folder,
        env: environment(settings) as Record<string, string>,
      }),
    [Symbol.asyncDispose]: async () => {
      if (current !== undefined) await end('SIGKILL')
    },
  }
}

function moduleAhead(ms: number): string {
  const url = new URL(clockAhead)
  url.searchParams.set('ms', String(ms))
  return url.href
}
