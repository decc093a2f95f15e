/** Which node names which others, each once. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

export interface Cycles {
  /** Each a path from a node back to it: `a`, `b`, `a`. */
  readonly paths: readonly (readonly string[])[]
  /** There are more than `most`. */
  readonly cut: boolean
}

/**
 * The cycles of a graph, each named by the path on which a walk in depth comes back to where it is. There may be more ways
 * around than anybody could list: one is named for each edge that leads back, so that a graph without these edges has no
 * cycle any more, and a graph that has a cycle names at least one. Without recursion: a path may be as long as the graph.
 */
export function cyclesIn(graph: Graph, most: number): Cycles {
  const paths: (readonly string[])[] = []
  const done = new Set<string>()
  for (const start of graph.keys()) {
    if (done.has(start)) continue
    const path: Visit[] = [visit(graph, start)]
    const places = new Map([[start, 0]])
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { done: isLeft, value: next } = top.others.next()
      if (isLeft === true) {
        done.add(top.name)
        places.delete(top.name)
        path.pop()
        continue
      }
      const place = places.get(next)
      if (place !== undefined) {
        if (paths.length === most) return { paths, cut: true }
        paths.push([...path.slice(place).map(({ name }) => name), next])
      } else if (!done.has(next)) {
        places.set(next, path.length)
        path.push(visit(graph, next))
      }
    }
  }
  return { paths, cut: false }
}

interface Visit {
  readonly name: string
  readonly others: Iterator<string, undefined>
}

function visit(graph: Graph, name: string): Visit {
  return { name, others: (graph.get(name) ?? new Set<string>()).values() }
}
