import { parseArgs } from 'node:util'
import { namingNearest } from '../domain/nearest.ts'
import type { Flag, Invocation } from './command.ts'

export type ParsedFlags = Omit<Invocation, 'world'> & {
  /** One sentence for each thing that was not understood. */
  readonly mistakes: readonly string[]
}

/** Flags may stand before and after arguments, as `--name value` or `--name=value`; `--` ends them. Each may be given once. */
export function parseFlags(args: readonly string[], flags: Readonly<Record<string, Flag>>): ParsedFlags {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { takes }]) => [
      name,
      { type: takes === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const found: string[] = []
  const seen = new Set<string>()
  const values: Record<string, string> = {}
  const switches = new Set<string>()
  const mistakes: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') found.push(token.value)
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (flag === undefined) {
      mistakes.push(`there is no flag ${token.rawName}${namingNearest(token.rawName, dashed(flags))}`)
    } else if (seen.has(token.name)) {
      mistakes.push(`${token.rawName} is given more than once`)
    } else if (flag.takes === undefined) {
      if (token.value === undefined) switches.add(token.name)
      else mistakes.push(`${token.rawName} takes no value`)
    } else if (token.value === undefined) {
      mistakes.push(`${token.rawName} wants ${flag.takes} after it`)
    } else {
      values[token.name] = token.value
    }
    seen.add(token.name)
  }
  return { arguments: found, values, switches, mistakes: [...new Set(mistakes)] }
}

function dashed(flags: Readonly<Record<string, Flag>>): string[] {
  return Object.keys(flags).map((name) => `--${name}`)
}
