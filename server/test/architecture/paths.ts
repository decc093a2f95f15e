/** Whether a path stands at a pattern: `a/b/` is a folder, `a/b.ts` a file, and `*` one folder of any name. */
export function standsAt(path: string, pattern: string): boolean {
  return depthOf(path, pattern) !== undefined
}

export function standsAtAny(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => standsAt(path, pattern))
}

/** The folder right below a folder pattern in which a file stands, in full; undefined for a file right in it. */
export function folderBelow(path: string, pattern: string): string | undefined {
  const depth = depthOf(path, pattern)
  const segments = path.split('/')
  if (depth === undefined || segments.length <= depth + 1) return undefined
  return segments.slice(0, depth + 1).join('/')
}

/** How many of a path's segments the pattern takes up. */
function depthOf(path: string, pattern: string): number | undefined {
  const segments = path.split('/')
  const wanted = pattern.split('/')
  const folder = wanted.at(-1) === ''
  if (folder) wanted.pop()
  const fits = wanted.every((word, index) => word === '*' || word === segments[index])
  const long = folder ? segments.length > wanted.length : segments.length === wanted.length
  return fits && long ? wanted.length : undefined
}
