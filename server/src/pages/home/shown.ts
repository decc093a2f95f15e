const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `3.4 MiB`: three digits at most, for people. */
export function shownSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${bytes === 1 ? 'byte' : units[unit]}`
}

/** `2026-01-31 12:00 UTC`. */
export function shownTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** The digest's beginning, enough to tell two apart. */
export function shownDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 13)
}
