import { basename } from 'node:path'
import type { Config, ConfigKey } from '../config/config.ts'
import { maskSecrets } from '../config/mask-secrets.ts'
import type { Setting } from '../config/setting.ts'
import { settingKeys, settings } from '../config/settings.ts'
import type { Sources } from '../config/source.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { settingFlags } from './setting-flags.ts'

export const config: Command = {
  name: 'config',
  summary: 'Checks the configuration and prints what it comes to',
  takes: [],
  about: [
    'Prints each setting with its value and where that comes from: a flag, the environment, the file or the default. Secrets are masked. Mistakes are listed all at once.',
  ],
  flags: { ...settingFlags, ...jsonFlag },
  examples: ['lading config', 'lading config --config /etc/lading/lading.yaml', 'lading config --json'],
  async run(invocation) {
    const { config, sources, file } = checkedConfig(invocation)
    const rows = settingRows(maskSecrets(config), sources)
    if (invocation.switches.has('json')) {
      invocation.world.out(JSON.stringify({ file: file ?? null, settings: rows }, null, 2))
      return exitCodes.done
    }
    const keyWidth = Math.max(...rows.map(({ key }) => key.length))
    const written = rows.map(({ value }) => writtenValue(value))
    const valueWidth = Math.min(40, Math.max(...written.map((text) => text.length)))
    for (const [index, { key, from, where }] of rows.entries()) {
      const place = from === 'default' ? from : `${from} ${basename(where)}`
      invocation.world.out(`${key.padEnd(keyWidth)}  ${(written[index] ?? '').padEnd(valueWidth)}  ${place}`)
    }
    return exitCodes.done
  },
}

interface SettingRow {
  readonly key: ConfigKey
  /** As it would be written in a file; null where there is none. */
  readonly value: unknown
  readonly from: string
  readonly where: string
}

function settingRows(config: Config, sources: Sources): SettingRow[] {
  return settingKeys.map((key) => {
    const value = valueAt(config, key)
    return { key, value: value === undefined ? null : writtenAs(key, value), ...sources[key] }
  })
}

/** Sizes and times in the words of the reference where they are its default: 24h, though 1d is the same. */
function writtenAs(key: ConfigKey, value: unknown): unknown {
  const { type, default: preset }: Setting<unknown> = settings[key]
  const measured = typeof value === 'number' && typeof preset === 'string'
  const same = measured && type.read(preset, { base: '', complain: () => undefined }) === value
  return same ? preset : type.write(value)
}

function valueAt(config: Config, key: ConfigKey): unknown {
  return key.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], config)
}

function writtenValue(value: unknown): string {
  if (value === null) return '(none)'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
