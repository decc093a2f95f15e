import type { ConfigKey, ConfigValue } from './config.ts'
import type { SettingType } from './setting-type.ts'

export interface Setting<T> {
  readonly type: SettingType<Exclude<T, undefined>>
  /** As it would be written in a file. Absent: without it the value is undefined. */
  readonly default?: unknown
  /** A variable that other programs of its trade read too; the setting's own goes before it. */
  readonly alsoNamed?: string
  /** One sentence. */
  readonly about: string
}

/** Those of a group, or all. */
export type Settings<K extends ConfigKey = ConfigKey> = { readonly [P in K]: Setting<ConfigValue<P>> }
