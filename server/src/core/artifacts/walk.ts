import { cyclesIn } from './cycles.ts'
import type { ArtifactRow } from './tables.ts'

/** One thing that a walk came to. */
export interface Step {
  /** `kind:namespace/name`, or a foreign name. */
  readonly name: string
  /** Name of the one from which the walk came to it. */
  readonly by: string
  /** How one of the two needs the other, and which versions of it. */
  readonly relation: string
  readonly range: string
  /** 1 for what the first one names itself, or for who names the first one. */
  readonly depth: number
  /** Id of the artifact; undefined where there is none of that name here, or none that whoever asks may see. */
  readonly artifact?: string
  /** The version that the range stands for; of one that needs others, the one it stands at. */
  readonly version?: string
  /** There is such an artifact, and no version of it that is published, not yanked and within the range. */
  readonly unsatisfied?: true
}

export interface Walked {
  /** Those of a smaller depth first. */
  readonly steps: readonly Step[]
  /**
   * Among what was reached, by name, whatever the versions: each a path from one back to it, in the direction in which
   * things need each other. See `cyclesIn` for which ones.
   */
  readonly cycles: readonly (readonly string[])[]
  /** A limit was met: there is more. */
  readonly cut: boolean
}

export interface WalkLimits {
  readonly depth: number
  /** Steps, and cycles. */
  readonly count: number
  /** What whoever asks may not see is as if it were not there. All may be seen where this is not given. */
  readonly sees?: (artifact: ArtifactRow) => boolean | Promise<boolean>
}

/** Where a walk stands. */
export interface Place {
  /** Of this place alone: a walk comes to it once. */
  readonly key: string
  readonly name: string
  readonly artifact: ArtifactRow
  readonly version: string
}

/** A step from a place, and the place to which it leads, where one can go on from there. */
export interface Way {
  readonly key: string
  readonly step: Omit<Step, 'depth' | 'by'>
  readonly place?: Place
}

export interface Looked {
  readonly ways: readonly Way[]
  /** There are more than were looked for, or than time allowed. */
  readonly cut: boolean
}

/** What leads on from each of some places, in their order. */
export type Look = (places: readonly Place[]) => Promise<readonly Looked[]>

export interface Bounds extends WalkLimits {
  readonly isOver: () => boolean
}

/** Places that are looked at together: look-ups wait for each other once for so many. */
const placesAtATime = 64
/** Cycles that are told: each may be as long as the walk. */
const mostCycles = 100

/** The names between which a way leads, as the one needs the other. */
export type Needs = (from: string, to: string) => readonly [string, string]

/** Breadth first, each place once. */
export async function walk(first: Place, look: Look, limits: Bounds, needs: Needs): Promise<Walked> {
  const seen = new Set([first.key])
  const graph = new Map<string, Set<string>>([[first.name, new Set()]])
  const steps: Step[] = []
  let cut = false
  const queue: { readonly place: Place; readonly depth: number }[] = [{ place: first, depth: 0 }]
  for (let at = 0; at < queue.length; ) {
    if (limits.isOver() || (cut && steps.length >= limits.count)) {
      cut = true
      break
    }
    const group = queue.slice(at, at + placesAtATime)
    at += group.length
    const looks = await look(group.map(({ place }) => place))
    for (const [number, { place, depth }] of group.entries()) {
      cut ||= looks[number]?.cut === true
      for (const way of looks[number]?.ways ?? []) take(way, place.name, depth + 1)
    }
  }
  const { paths, cut: isMore } = cyclesIn(graph, mostCycles)
  return { steps, cycles: paths, cut: cut || isMore }

  /** Beyond the depth places are looked at still: what leads back from there closes a cycle. */
  function take({ key, step, place }: Way, by: string, depth: number): void {
    if (!seen.has(key)) {
      if (depth > limits.depth || steps.length >= limits.count) {
        cut = true
        return
      }
      seen.add(key)
      steps.push({ ...step, by, depth })
      if (place !== undefined) queue.push({ place, depth })
    }
    const [from, to] = needs(by, step.name)
    const others = graph.get(from)
    if (others === undefined) graph.set(from, new Set([to]))
    else others.add(to)
  }
}

/** So many wait for the store at a time. */
export async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += placesAtATime) {
    results.push(...(await Promise.all(items.slice(at, at + placesAtATime).map(work))))
  }
  return results
}
