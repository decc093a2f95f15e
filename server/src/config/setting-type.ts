/** What stands where a secret is not shown. */
export const mask = '********'

/** Where in a value something is: `['users', 0, 'name']` without the setting's own key is `[0, 'name']`. */
export type ValuePath = readonly (string | number)[]

export interface Reading {
  /** The folder that a relative path of this value starts from. */
  readonly base: string
  /** Notes a mistake; the value counts as unread. `path`: the part of the value that is wrong. */
  complain(message: string, path?: ValuePath): undefined
}

/** How the values of a setting are written and checked. */
export interface SettingType<T> {
  /** What is wanted, with an example, to follow "wants". */
  readonly wanted: string
  /** True where a flag or the environment holds the value as YAML or JSON, and not as a plain text. */
  readonly structured?: boolean
  /** Where there are few: all that it may be. */
  readonly choices?: readonly string[]
  /** From what stands in a file, or from a text. Answers undefined only after a complaint. Throws nothing. */
  read(raw: unknown, reading: Reading): T | undefined
  /** As it would be written. Reads back as the same value. */
  write(value: T): unknown
}

/**
 * What was given, for a message: short, and never over several lines. Of texts with something like `user:password@`, or that a
 * scheme begins, only what follows the @ is shown.
 */
export function shown(raw: unknown): string {
  return cutShort(raw, /^.*:.*@/s)
}

/** The same for where something is: whatever stands before an @ may be a password. */
export function shownPlace(raw: unknown): string {
  return cutShort(raw, /^.*@/s)
}

function cutShort(raw: unknown, secret: RegExp): string {
  const hide = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? value.replace(secret, `${mask}@`) : value
  const text = typeof raw === 'bigint' ? String(raw) : (JSON.stringify(raw, hide) ?? String(raw))
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
