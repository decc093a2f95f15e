import type { Artifact } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { type Access, type ArtifactFilter, accessesOf, indexedBy, matches } from './artifact-query.ts'
import { artifactOf } from './artifact-rows.ts'
import { areSeen, type Sees } from './sees.ts'
import { countStreams, merged, type Ordering, type Passed, type Place } from './streams.ts'
import { type ArtifactRow, artifacts } from './tables.ts'

export interface FindArtifacts extends Ordering {
  readonly filter: ArtifactFilter
  readonly after?: Place
  /** Rows that are passed over first. They are read: a list goes deep by `after`. */
  readonly offset?: number
  readonly limit: number
}

export interface FoundArtifacts {
  readonly artifacts: readonly Artifact[]
  /** Where the next page begins; undefined on the last one. */
  readonly next?: Place
}

/** So many rows are enough to tell which way is the narrow one. */
const comparedRows = 1_000
/** Rows that are read at a time where most of them are passed over. */
const walkedAtATime = 250

/**
 * A page of artifacts, in order. What no index narrows down is found by walking, and given up after `limits.scanTime`.
 * @throws RegistryError `scan-timeout`
 */
export async function findArtifacts(
  core: Core,
  kinds: readonly string[],
  query: FindArtifacts,
): Promise<FoundArtifacts> {
  const { offset = 0, limit } = query
  const perRead = Math.min(core.limits.pageSize, Math.max(limit + offset + 1, 2))
  const found: FoundRow[] = []
  let left = offset
  for await (const one of eachFound(core, kinds, query, perRead)) {
    if (left-- > 0) continue
    found.push(one)
    if (found.length > limit) break
  }
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    artifacts: page.map(({ artifact }) => artifact),
    ...(found.length > limit && last !== undefined && { next: last.place }),
  }
}

/** An artifact that a list has come to. */
export interface FoundRow {
  readonly artifact: Artifact
  readonly row: Stored<ArtifactRow>
  readonly place: Place
}

/**
 * Artifacts in their order, for as long as somebody asks for more of them.
 * @param perRead rows that are read at a time
 * @throws RegistryError `scan-timeout`
 */
export async function* eachFound(
  core: Core,
  kinds: readonly string[],
  query: Pick<FindArtifacts, 'filter' | 'order' | 'back' | 'after'>,
  perRead: number,
): AsyncGenerator<FoundRow> {
  const { filter, order, back, after } = query
  const access = await narrowest(core, accessesOf(filter, order, kinds))
  const walk = new Walk(core)
  let waiting: FoundRow[] = []
  const passed = merged(core, access.streams, { order, back }, { after, perRead })
  for await (const { row, place } of withRows(core, passed, perRead)) {
    walk.step()
    const artifact = artifactOf(row)
    if (!matches(artifact, filter)) continue
    if (filter.sees === undefined) {
      yield { artifact, row, place }
      continue
    }
    waiting.push({ artifact, row, place })
    if (waiting.length < perRead) continue
    yield* await seenOf(core, waiting, filter.sees)
    waiting = []
  }
  yield* await seenOf(core, waiting, filter.sees)
}

async function seenOf(core: Core, found: readonly FoundRow[], sees: Sees | undefined): Promise<FoundRow[]> {
  const seen = await areSeen(
    core,
    found.map(({ row }) => row),
    sees,
  )
  return found.filter((_, at) => seen[at])
}

/** @throws RegistryError `scan-timeout` */
export async function countArtifacts(
  core: Core,
  kinds: readonly string[],
  filter: ArtifactFilter,
): Promise<number> {
  const access = await narrowest(core, accessesOf(filter, 'createdAt', kinds))
  if (isExact(access, filter)) return await countStreams(core, access.streams, Number.MAX_SAFE_INTEGER)
  const query = { filter, order: 'createdAt', back: false } as const
  let count = 0
  for await (const _ of eachFound(core, kinds, query, walkedAtATime)) count += 1
  return count
}

/** The streams hold exactly what the filter wants, each artifact once. */
function isExact({ name, streams }: Access, filter: ArtifactFilter): boolean {
  const { kinds, withDeleted: _, published, ...rest } = filter
  const given = Object.entries(rest).filter(([, value]) => value !== undefined)
  if (name === 'byKind') return given.length === 0
  if (published !== undefined || given.length !== 1) return false
  if (name === 'byAuthor' || name === 'byOrganization') return true
  return kinds === undefined && new Set(streams.map(({ eq }) => eq[1])).size === 1
}

async function narrowest(core: Core, accesses: readonly Access[]): Promise<Access> {
  let best: { readonly access: Access; readonly rows: number } | undefined
  const last = accesses.at(-1)
  if (last === undefined) throw new Error('a list has no way to be read')
  // Without another way there is nothing to compare; every artifact is never the narrow one.
  const narrow = accesses.slice(0, -1)
  if (narrow.length <= 1) return narrow[0] ?? last
  for (const access of narrow) {
    const rows = await countStreams(core, access.streams, comparedRows)
    if (best === undefined || rows < best.rows) best = { access, rows }
    if (rows === 0) break
  }
  return best?.access ?? last
}

interface WithRow {
  readonly place: Place
  readonly row: Stored<ArtifactRow>
}

/** A stream of terms knows ids alone: rows are fetched many at a time. One that has gone meanwhile is left out. */
async function* withRows(
  core: Core,
  passed: AsyncGenerator<Passed>,
  atATime: number,
): AsyncGenerator<WithRow> {
  let waiting: Passed[] = []
  for await (const one of passed) {
    if (one.row !== undefined && waiting.length === 0) {
      yield { place: one.place, row: one.row }
      continue
    }
    waiting.push(one)
    if (waiting.length < atATime) continue
    yield* await fetched(core, waiting)
    waiting = []
  }
  yield* await fetched(core, waiting)
}

async function fetched(core: Core, passed: readonly Passed[]): Promise<readonly WithRow[]> {
  const missing = passed.filter(({ row }) => row === undefined)
  const rows =
    missing.length === 0
      ? []
      : await core.store.getMany(
          artifacts,
          missing.map(({ place }) => [place.id]),
        )
  const byId = new Map(rows.map((row) => [row?.id, row]))
  return passed.flatMap(({ place, row }) => {
    const found = row ?? byId.get(place.id)
    return found === undefined ? [] : [{ place, row: found }]
  })
}

/** Bounds how long rows are passed over, and lets others have their turn meanwhile. */
class Walk {
  readonly #core: Core
  readonly #until: number

  constructor(core: Core) {
    this.#core = core
    this.#until = core.clock.now() + core.limits.scanTime
  }

  /** @throws RegistryError `scan-timeout` */
  step(): void {
    if (this.#core.clock.now() < this.#until) return
    throw new RegistryError('scan-timeout', { limit: this.#core.limits.scanTime, indexed: indexedBy })
  }
}
