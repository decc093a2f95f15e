import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after } from 'node:test'
import { type LiveServer, startServer } from './live-server.ts'
import { type Finished, type Running, runProgram } from './run-program.ts'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts'
import type { Tool } from './tool.ts'

/** What the tests of one file share: a live server and a home for the client under test. */
export interface Stage {
  readonly address: string
  readonly url: string
  /** The server's data folder. */
  readonly data: string
  /** A new empty folder. */
  folder(): Promise<string>
  /** A repository that no test has named before. */
  repository(prefix?: string): string
  /** Runs the client from its home, and answers whatever its exit code is. */
  attempt(tool: Tool, args: readonly string[], running?: Partial<Running>): Promise<Finished>
  /** The same; throws with all it printed where it fails. */
  run(tool: Tool, args: readonly string[], running?: Partial<Running>): Promise<Finished>
  /** The same, for a run that must fail; throws where it succeeds. */
  refuse(tool: Tool, args: readonly string[], running?: Partial<Running>): Promise<Finished>
}

/**
 * A stage that opens at its first use, so that a file whose tests are all skipped starts nothing, and closes after
 * the file's last test.
 */
export function sharedStage(env: Readonly<Record<string, string>> = {}): () => Promise<Stage> {
  let opening: Promise<{ stage: Stage; server: LiveServer; home: TemporaryFolder }> | undefined
  after(async () => {
    const opened = await opening?.catch(() => undefined)
    await opened?.server[Symbol.asyncDispose]()
    await opened?.home[Symbol.asyncDispose]()
  })
  return async () => {
    opening ??= open(env)
    return (await opening).stage
  }
}

async function open(
  env: Readonly<Record<string, string>>,
): Promise<{ stage: Stage; server: LiveServer; home: TemporaryFolder }> {
  const server = await startServer()
  const home = await temporaryFolder()
  // podman refuses to start where DOCKER_CONFIG names a folder without its file.
  const settings = join(home.path, '.docker')
  await mkdir(settings)
  await writeFile(join(settings, 'config.json'), '{}')
  const attempt = (tool: Tool, args: readonly string[], running: Partial<Running> = {}): Promise<Finished> =>
    runProgram(tool.path, args, {
      cwd: home.path,
      ...running,
      env: { HOME: home.path, DOCKER_CONFIG: settings, ...env, ...running.env },
    })
  const told = (tool: Tool, args: readonly string[], finished: Finished): Error =>
    new Error(
      `${tool.name} ${args.join(' ')}\nexit code ${finished.code}\n${finished.stdout}\n${finished.stderr}\n` +
        `the server said:\n${server.printed().split('\n').slice(-20).join('\n')}`,
    )
  const stage: Stage = {
    address: server.address,
    url: server.url,
    data: server.data,
    async folder() {
      const path = join(home.path, randomBytes(6).toString('hex'))
      await mkdir(path)
      return path
    },
    repository: (prefix = 'conformance') => `${prefix}/r${randomBytes(6).toString('hex')}`,
    attempt,
    async run(tool, args, running) {
      const finished = await attempt(tool, args, running)
      if (finished.code !== 0) throw told(tool, args, finished)
      return finished
    },
    async refuse(tool, args, running) {
      const finished = await attempt(tool, args, running)
      if (finished.code === 0) throw told(tool, args, finished)
      return finished
    },
  }
  return { stage, server, home }
}
