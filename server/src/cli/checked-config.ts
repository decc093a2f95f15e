import { type LoadedConfig, loadConfig } from '../config/load-config.ts'
import { describeMistake } from '../config/mistake.ts'
import type { Invocation } from './command.ts'
import { exitCodes } from './command.ts'
import { ReportedFailure } from './failure.ts'

/** @throws ReportedFailure after all mistakes were told. */
export function checkedConfig({ values, switches, world }: Invocation): LoadedConfig {
  const loaded = loadConfig({ ...world.input, flags: values })
  if (!('mistakes' in loaded)) return loaded
  const { mistakes } = loaded
  if (switches.has('json')) {
    world.err(JSON.stringify({ error: 'the configuration has mistakes', mistakes }))
  } else {
    world.err(`The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:`)
    for (const mistake of mistakes) world.err(`  ${describeMistake(mistake)}`)
  }
  throw new ReportedFailure(exitCodes.failed)
}
