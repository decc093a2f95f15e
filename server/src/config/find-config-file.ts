import { resolve } from 'node:path'
import { type ConfigFile, parseConfigFile } from './config-file.ts'
import type { ConfigInput } from './config-input.ts'
import type { Mistake } from './mistake.ts'
import { own } from './own.ts'

export const defaultFileName = 'lading.yaml'
/** Says where the settings are, and is none of them. */
export const fileVariable = 'LADING_CONFIG'

/** The file that is read, where there is one. */
export interface FoundFile extends ConfigFile {
  /** Absolute. */
  readonly path: string
}

/** The file that --config or LADING_CONFIG names, or `lading.yaml` in the working folder if it is there. */
export function findConfigFile(input: ConfigInput, mistakes: Mistake[]): FoundFile | undefined {
  const named = namedFile(input)
  const name = named?.name ?? defaultFileName
  if (name === '' || name.includes('\0')) {
    mistakes.push({ where: named?.where ?? '', message: 'wants the path of a file, such as ./lading.yaml' })
    return undefined
  }
  const path = resolve(input.cwd, name)
  let text: string
  try {
    text = input.readFile(path)
  } catch (error) {
    if (named === undefined && errorCode(error) === 'ENOENT') return undefined
    const reason = errorCode(error) === 'ENOENT' ? 'there is no such file' : errorReason(error)
    mistakes.push({ where: named?.where ?? name, message: `${path} cannot be read: ${reason}` })
    return undefined
  }
  const file = parseConfigFile(name, text)
  mistakes.push(...file.mistakes)
  return { ...file, path }
}

function namedFile({
  flags,
  env,
}: ConfigInput): { readonly name: string; readonly where: string } | undefined {
  const flag = own(flags, 'config')
  if (flag !== undefined) return { name: flag, where: '--config' }
  const variable = own(env, fileVariable)
  return variable === undefined || variable === '' ? undefined : { name: variable, where: fileVariable }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

function errorReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
