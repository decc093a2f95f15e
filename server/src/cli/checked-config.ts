import { trustAuthorities } from '../boot/trust-authorities.ts'
import { type LoadedConfig, loadConfig } from '../config/load-config.ts'
import { describeMistake } from '../config/mistake.ts'
import type { Invocation } from './command.ts'
import { exitCodes } from './command.ts'
import { ReportedFailure } from './failure.ts'
import { settingFlags } from './setting-flags.ts'

/** @throws ReportedFailure after all mistakes were told: of usage, where a flag has one of them. */
export function checkedConfig({ values, switches, world }: Invocation): LoadedConfig {
  const loaded = loadConfig({ ...world.input, flags: settingsAmong(values) })
  if (!('mistakes' in loaded)) {
    trustAuthorities(loaded.config)
    return loaded
  }
  const { mistakes } = loaded
  if (switches.has('json')) {
    world.err(JSON.stringify({ error: 'the configuration has mistakes', mistakes }))
  } else {
    world.err(`The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:`)
    for (const mistake of mistakes) world.err(`  ${describeMistake(mistake)}`)
  }
  const ofFlag = mistakes.some(({ where }) => where.startsWith('--'))
  throw new ReportedFailure(ofFlag ? exitCodes.usage : exitCodes.failed)
}

/** Without the flags that are the command's own. */
export function settingsAmong(values: Invocation['values']): Invocation['values'] {
  return Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(settingFlags, name)))
}
