import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runProgram } from './run-program.ts'

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
  readonly howToGet: string
}

/** Throws where the environment names a path that is no program. */
export async function findProgram(wanted: Wanted, env: NodeJS.ProcessEnv): Promise<Program | Missing> {
  const given = wanted.variable === undefined ? undefined : env[wanted.variable]
  if (given && !runs(given)) throw new Error(`${wanted.variable}: ${given} is no program`)
  const folders = wanted.inPath ? (env['PATH'] ?? '').split(delimiter) : []
  const path = given || folders.map((folder) => join(folder, wanted.name)).find(runs)
  if (!path) return { missing: wanted.howToGet }
  return { path, version: await versionOf(path, wanted.versionArgs) }
}

/** Some print their version, some only after a complaint, some never: then their size tells builds apart. */
async function versionOf(path: string, args: readonly string[]): Promise<string> {
  const said = await runProgram(path, args, 10_000).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: Error) => error.message,
  )
  return /\d+\.\d+(\.\d+)?[-\w.]*/.exec(said.replaceAll(path, ''))?.[0] ?? `of ${statSync(path).size} bytes`
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
