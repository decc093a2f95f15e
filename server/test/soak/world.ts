import { createHash } from 'node:crypto'
import type { Random } from '../../src/ports/random/random.ts'

export const repositories = [
  'acme/app',
  'acme/base',
  'tools/build',
  'tools/run',
  'solo',
  'team/deep/er',
] as const
/** A rule of retention keeps the newest of those that begin with `rc-`. */
export const tags: readonly string[] = [
  'latest',
  'edge',
  ...Array.from({ length: 10 }, (_, at) => `v${at}`),
  ...Array.from({ length: 20 }, (_, at) => `rc-${at}`),
]

export interface Content {
  readonly digest: string
  readonly bytes: Buffer
}

/** A manifest that may be there still, and the largest blob that it names. */
export interface Pushed {
  readonly digest: string
  readonly mediaType: string
  readonly size: number
  readonly blob?: { readonly digest: string; readonly size: number }
}

const layerMost = 4 * 1024 * 1024

/** What all clients know together. Content is new each time, its amount bounded by what they delete. */
export class World {
  readonly random: Random
  /** By repository, the oldest first. */
  readonly pushed: Map<string, Pushed[]> = new Map(repositories.map((name) => [name, []]))
  /** Layers that many images have, and repositories mount from each other. */
  readonly bases: readonly Content[]
  readonly #noise: Buffer
  #made = 0

  constructor(random: Random) {
    this.random = random
    this.#noise = Buffer.from(random.bytes(2 * layerMost))
    this.bases = Array.from({ length: 4 }, () => this.fresh(150_000))
  }

  /** Never seen before. */
  fresh(size: number): Content {
    const from = this.random.int(layerMost)
    const bytes = Buffer.from(this.#noise.subarray(from, from + size))
    const mark = Buffer.from(`${++this.#made} `)
    return contentOf(Buffer.concat([mark, bytes]))
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : from[this.random.int(from.length)]
  }

  /** True once in so many times. */
  chance(one: number): boolean {
    return this.random.int(one) === 0
  }

  repository(): string {
    return this.pick(repositories) ?? 'solo'
  }

  of(repository: string): Pushed[] {
    return this.pushed.get(repository) ?? []
  }

  forget(repository: string, digest: string): void {
    const known = this.of(repository)
    const at = known.findIndex((each) => each.digest === digest)
    if (at !== -1) known.splice(at, 1)
  }
}

export function contentOf(bytes: Buffer): Content {
  return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` }
}
