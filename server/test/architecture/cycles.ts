import type { Edge } from './imports.ts'
import type { Tree } from './tree.ts'
import type { Violation } from './violation.ts'

/** Every import cycle's shortest walk from its first file by name, each cycle once. */
export function checkCycles(tree: Tree, edges: readonly Edge[]): Violation[] {
  const next = new Map<string, string[]>()
  for (const { from, to, kind } of edges) {
    if (kind === 'file' && tree.has(to)) next.set(from, [...(next.get(from) ?? []), to])
  }
  const reported = new Set<string>()
  const violations: Violation[] = []
  for (const start of [...next.keys()].sort()) {
    if (reported.has(start)) continue
    const cycle = shortestWalk(start, next)
    if (!cycle) continue
    for (const file of cycle) reported.add(file)
    violations.push({ where: cycle.join(' -> '), why: 'imports go round in a circle' })
  }
  return violations
}

/** From a file back to itself, breadth first; undefined where no way leads back. */
function shortestWalk(start: string, next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>()
  let frontier = [start]
  while (frontier.length > 0) {
    const reached: string[] = []
    for (const from of frontier) {
      for (const to of next.get(from) ?? []) {
        if (to === start) return [...walkTo(from, cameFrom), start]
        if (cameFrom.has(to)) continue
        cameFrom.set(to, from)
        reached.push(to)
      }
    }
    frontier = reached
  }
  return undefined
}

function walkTo(end: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const walk = [end]
  for (let at = cameFrom.get(end); at !== undefined; at = cameFrom.get(at)) walk.unshift(at)
  return walk
}
