import { dirname } from 'node:path'
import { namingNearest } from '../domain/nearest.ts'
import type { Config, ConfigKey } from './config.ts'
import type { ConfigInput } from './config-input.ts'
import { checkTogether } from './cross-checks.ts'
import { unknownEnvironmentNames } from './environment-names.ts'
import { type FoundFile, findConfigFile } from './find-config-file.ts'
import { goneSetting } from './gone-setting.ts'
import { loadYaml } from './load-yaml.ts'
import { describePath, type Mistake } from './mistake.ts'
import { nestsTooDeep } from './nesting.ts'
import { own } from './own.ts'
import type { SettingType, ValuePath } from './setting-type.ts'
import { environmentNames, flagName, settingKeys, settings } from './settings.ts'
import type { Source, Sources } from './source.ts'

export interface LoadedConfig {
  readonly config: Config
  readonly sources: Sources
  /** The file that was read, absolute. */
  readonly file?: string
}

/**
 * Flags before environment before file before defaults. Checks every value that was given, overridden or not,
 * and answers with all mistakes at once, in the order of the sources. Throws nothing.
 */
export function loadConfig(input: ConfigInput): LoadedConfig | { readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [...unknownNames(input)]
  const file = findConfigFile(input, mistakes)
  const values: Partial<Record<ConfigKey, unknown>> = {}
  const sources: Partial<Record<ConfigKey, Source>> = {}
  const failed = new Set<ConfigKey>()
  for (const key of settingKeys) {
    const known = mistakes.length
    const read = givenFor(key, input, file).map((given) => ({
      ...given,
      value: readGiven(key, given, mistakes),
    }))
    if (mistakes.length > known) failed.add(key)
    const first = read[0]
    values[key] = first?.value
    sources[key] = Object.freeze({ from: first?.from ?? 'default', where: first?.whereIs([]) ?? '' })
  }
  const config = freezeDeep(nested(values))
  const complete = Object.freeze(sources) as Sources
  mistakes.push(...checkTogether(config, complete, failed, input.readFile))
  if (mistakes.length > 0) return { mistakes }
  return { config, sources: complete, ...(file === undefined ? {} : { file: file.path }) }
}

interface Given {
  readonly from: Source['from']
  readonly raw: unknown
  readonly base: string
  /** A text of a flag or the environment, which a structured type still has to parse. */
  readonly text: boolean
  whereIs(path: ValuePath): string
}

/** Strongest first. */
function givenFor(key: ConfigKey, { flags, env, cwd }: ConfigInput, file: FoundFile | undefined): Given[] {
  const given: Given[] = []
  const flag = own(flags, flagName(key))
  if (flag !== undefined) {
    given.push({ from: 'flag', raw: flag, base: cwd, text: true, whereIs: () => `--${flagName(key)}` })
  }
  for (const name of environmentNames(key)) {
    const variable = own(env, name)
    if (variable === undefined || variable === '') continue
    given.push({
      from: 'environment',
      raw: variable,
      base: cwd,
      text: true,
      whereIs: () => name,
    })
  }
  const entry = file?.values.get(key)
  if (file !== undefined && entry !== undefined) {
    given.push({
      from: 'file',
      raw: entry.raw,
      base: dirname(file.path),
      text: false,
      whereIs: entry.whereIs,
    })
  }
  const preset = settings[key].default
  if (preset !== undefined) {
    given.push({ from: 'default', raw: preset, base: cwd, text: false, whereIs: () => '' })
  }
  return given
}

function readGiven(key: ConfigKey, given: Given, mistakes: Mistake[]): unknown {
  const type: SettingType<unknown> = settings[key].type
  const complain = (message: string, path: ValuePath = []): undefined => {
    mistakes.push({ where: given.whereIs(path), message: `${describePath(key, path)} ${message}` })
  }
  if (!given.text || type.structured !== true) return type.read(given.raw, { base: given.base, complain })
  if (nestsTooDeep(String(given.raw))) return complain(`wants ${type.wanted}; it has too many brackets open`)
  let raw: unknown
  try {
    raw = loadYaml().parse(String(given.raw), { prettyErrors: false, stringKeys: true, logLevel: 'error' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return complain(`wants ${type.wanted} as JSON or YAML: ${reason}`)
  }
  return type.read(raw, { base: given.base, complain })
}

function* unknownNames({ flags, env }: ConfigInput): Generator<Mistake> {
  const knownFlags = ['config', ...settingKeys.map(flagName)]
  for (const name of Object.keys(flags)) {
    if (knownFlags.includes(name)) continue
    yield { where: `--${name}`, message: `there is no such flag${namingNearest(name, knownFlags)}` }
  }
  for (const { name, suggestion } of unknownEnvironmentNames(env)) {
    yield { where: name, message: goneSetting(name) ?? `there is no such setting${suggestion}` }
  }
}

function nested(values: Partial<Record<ConfigKey, unknown>>): Config {
  const root: Record<string, unknown> = {}
  for (const key of settingKeys) {
    const [first, second] = key.split('.', 2) as [string, string | undefined]
    if (second === undefined) root[first] = values[key]
    else root[first] = { ...(root[first] as object | undefined), [second]: values[key] }
  }
  // The table has one entry for each key of Config, of its type: see the type of `settings`.
  return root as unknown as Config
}

function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) freezeDeep(part)
  return Object.freeze(value)
}
