import type { Cursor } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { nameOf } from './read-version.ts'
import { type ArtifactRow, artifacts, type EdgeRow, edges } from './tables.ts'

/** One thing that a walk came to. */
export interface Step {
  /** `kind:namespace/name`, or a foreign name. */
  readonly name: string
  readonly relation: string
  readonly range: string
  /** 1 for what the first one names itself. */
  readonly depth: number
  /** The artifact, where it is one of ours. */
  readonly artifact?: string
}

export interface Walked {
  readonly steps: readonly Step[]
  /** Names, from the one where it closes to the same again. */
  readonly cycles: readonly (readonly string[])[]
  /** A limit was met: there is more. */
  readonly cut: boolean
}

export interface WalkLimits {
  readonly depth: number
  readonly count: number
}

/** What a version needs, and what that needs, each at its latest version: breadth first, each once. */
export async function dependenciesOf(
  core: Core,
  artifact: ArtifactRow,
  version: string,
  limits: WalkLimits,
): Promise<Walked> {
  const reached = new Map<string, Step>()
  const named = new Map<string, readonly string[]>()
  let cut = false
  let level: readonly { readonly row: ArtifactRow; readonly version: string }[] = [{ row: artifact, version }]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limits.depth) {
      cut = true
      break
    }
    const next: { row: ArtifactRow; version: string }[] = []
    for (const { row, version: at } of level) {
      const found = await edgesOf(core, row.id, at, limits.count)
      named.set(
        nameOf(row),
        found.map(({ target }) => target),
      )
      for (const { target, relation, range } of found) {
        if (reached.has(target) || target === nameOf(artifact)) continue
        if (reached.size >= limits.count) {
          cut = true
          break
        }
        const other = await namedArtifact(core, target)
        reached.set(target, { name: target, relation, range, depth, ...(other && { artifact: other.id }) })
        if (other !== undefined) next.push({ row: other, version: other.version })
      }
    }
    level = next
  }
  return { steps: [...reached.values()], cycles: cyclesIn(named), cut }
}

/** Who needs an artifact, and who needs those: breadth first, each once, whatever version says it. */
export async function dependentsOf(core: Core, artifact: ArtifactRow, limits: WalkLimits): Promise<Walked> {
  const reached = new Map<string, Step>()
  const named = new Map<string, readonly string[]>()
  let cut = false
  let level: readonly ArtifactRow[] = [artifact]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limits.depth) {
      cut = true
      break
    }
    const next: ArtifactRow[] = []
    for (const row of level) {
      for await (const edge of edgesTo(core, nameOf(row))) {
        const other = await core.store.get(artifacts, [edge.artifact])
        if (other === undefined || other.version !== edge.version) continue
        const name = nameOf(other)
        named.set(name, [...(named.get(name) ?? []), nameOf(row)])
        if (reached.has(name) || name === nameOf(artifact)) continue
        if (reached.size >= limits.count) {
          cut = true
          break
        }
        reached.set(name, { name, relation: edge.relation, range: edge.range, depth, artifact: other.id })
        next.push(other)
      }
    }
    level = next
  }
  return { steps: [...reached.values()], cycles: cyclesIn(named), cut }
}

async function edgesOf(
  core: Core,
  artifact: string,
  version: string,
  most: number,
): Promise<readonly EdgeRow[]> {
  const limit = Math.min(core.limits.pageSize, most)
  return (await core.store.find(edges, { index: 'key', eq: [artifact, version], limit })).rows
}

async function* edgesTo(core: Core, target: string): AsyncGenerator<EdgeRow> {
  let after: Cursor | undefined
  do {
    const query = { index: 'byTarget', eq: [target], limit: core.limits.pageSize }
    const page = await core.store.find(edges, { ...query, ...(after && { after }) })
    yield* page.rows
    after = page.next
  } while (after !== undefined)
}

/** `kind:namespace/slug`; undefined for what is not here. */
async function namedArtifact(core: Core, name: string): Promise<ArtifactRow | undefined> {
  const match = /^(?:[a-z][a-z0-9-]*:)?([^/:]+)\/(.+)$/.exec(name)
  if (match === null) return undefined
  const [, namespace = '', slug = ''] = match
  const row = await core.store.get(artifacts, { unique: 'slug', values: [namespace, slug] })
  return row?.live ? row : undefined
}

/** Each cycle once, by the path on which it closes. Without recursion: a chain may be as long as the limit lets it. */
export function cyclesIn(named: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: string[][] = []
  const done = new Set<string>()
  for (const start of named.keys()) {
    if (done.has(start)) continue
    const path: { readonly name: string; at: number }[] = [{ name: start, at: 0 }]
    const on = new Map([[start, 0]])
    while (path.length > 0) {
      const top = path.at(-1)
      if (top === undefined) break
      const next = named.get(top.name)?.[top.at++]
      if (next === undefined) {
        done.add(top.name)
        on.delete(top.name)
        path.pop()
      } else if (on.has(next)) {
        const from = on.get(next) ?? 0
        cycles.push([...path.slice(from).map(({ name }) => name), next])
      } else if (!done.has(next)) {
        on.set(next, path.length)
        path.push({ name: next, at: 0 })
      }
    }
  }
  return cycles
}
