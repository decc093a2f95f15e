import { createHash } from 'node:crypto'
import { accessSync, constants, createReadStream, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ProgramFailed, runProgram } from './run-program.ts'

export interface Program {
  readonly path: string
  readonly version: string
}

export interface Missing {
  /** How it can be had. */
  readonly missing: string
}

export interface Wanted {
  readonly name: string
  /** The variable of the environment that may hold its path. */
  readonly variable?: string
  readonly inPath: boolean
  readonly versionArgs: readonly string[]
  /** Finds the version, as its first group, in what it then prints. */
  readonly version: RegExp
  readonly howToGet: string
}

const versionDeadlineMs = 10_000

/** Throws where the environment names a path that is no program. */
export async function findProgram(wanted: Wanted, env: NodeJS.ProcessEnv): Promise<Program | Missing> {
  const given = wanted.variable === undefined ? undefined : env[wanted.variable]
  if (given && !runs(given)) throw new Error(`${wanted.variable}: ${given} is no program`)
  const folders = wanted.inPath ? (env['PATH'] ?? '').split(delimiter) : []
  const path = given || folders.map((folder) => join(folder, wanted.name)).find(runs)
  if (!path) return { missing: wanted.howToGet }
  return { path, version: await versionOf(path, wanted) }
}

/** Some print it only with a complaint. A build that has none is told from others by its bytes. */
async function versionOf(path: string, { versionArgs, version }: Wanted): Promise<string> {
  const { stdout, stderr } = await runProgram(path, versionArgs, versionDeadlineMs).catch(
    (error: unknown) => {
      if (error instanceof ProgramFailed) return error.printed
      throw error
    },
  )
  const named = version.exec(stdout + stderr)?.[1]
  if (named) return named
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return `unnamed build ${hash.digest('hex').slice(0, 12)}`
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
