const mib = 1024 * 1024

/** In MiB whatever the size, so that sizes below each other can be compared: `0.1 MiB`, `20480 MiB`. */
export function mebibytes(bytes: number): string {
  const count = bytes / mib
  if (bytes > 0 && count < 0.1) return '<0.1 MiB'
  return `${count < 100 ? count.toFixed(1) : Math.round(count)} MiB`
}

/** `1 file`, `2 files` */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** To the largest two units that say something: `3d 4h`, `12s`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return '0s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ')
}
