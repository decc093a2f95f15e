export type Align = 'left' | 'right'

/** Rows under their heads, each column as wide as its widest cell. */
export function columns(
  heads: readonly (readonly [head: string, align: Align])[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = heads.map(([head], at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    heads
      .map(([, align], at) => {
        const [cell, width] = [cells[at] ?? '', widths[at] ?? 0]
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  return [line(heads.map(([head]) => head)), ...rows.map(line)]
}
