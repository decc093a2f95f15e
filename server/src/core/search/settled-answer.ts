import type { Sight } from '../../domain/search.ts'
import { SearchError } from '../../ports/search/errors.ts'
import { getParts } from '../../ports/store/get-parts.ts'
import type { Position } from '../../ports/store/store.ts'
import { tailNow } from '../../ports/store/tail-now.ts'
import { rowsInSight } from '../artifacts/rows-in-sight.ts'
import { artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { events } from '../ledger/tables.ts'
import { artifactsIn } from './artifacts-in.ts'
import { type FoundRow, foundColumns } from './found-row.ts'
import type { IndexMark } from './index-mark.ts'
import { nothingHidden } from './nothing-hidden.ts'
import type { IndexWatch } from './searchers.ts'

/** How often an index is brought to where the log is for one question. */
const mostSettled = 3
/** Events since the question that are looked at for what has hidden a hit. */
const mostLookedAt = 100

/** Who asks which index. */
export interface Asker {
  readonly core: Core
  /** Where there is none the index is taken for settled. */
  readonly watch: IndexWatch | undefined
  /** Of the engine. */
  readonly name: string
  readonly sight: Sight
}

/** What an engine said. */
export interface Said<T> {
  readonly value: T
  /** Of the artifacts that it named. */
  readonly ids: readonly string[]
}

export interface SettledAnswer<T> {
  readonly value: T
  /** The artifacts that it named as they are now; without those that have gone, or out of sight, since they were indexed. */
  readonly rows: ReadonlyMap<string, FoundRow>
}

interface Look<T> extends SettledAnswer<T> {
  readonly hidden: readonly string[]
  /** The index that was asked had nothing that was hidden before. */
  readonly isSettled: boolean
}

/**
 * What an index says that has nothing in it which was hidden before it was asked: numbers would count that too, and it would
 * take the place of others.
 * @throws SearchError `unavailable`: it has, and does not let go of it
 */
export async function settledAnswer<T>(asker: Asker, ask: () => Promise<Said<T>>): Promise<SettledAnswer<T>> {
  const { core, watch, name } = asker
  const first = await lookUnsettled(asker, ask)
  if (isRight(first)) return first
  const settled = async (): Promise<Look<T>> => await lookFrom(asker, ask, await settle(watch, name))
  for (let settling = 1; settling < mostSettled; settling++) {
    const found = await settled()
    if (isRight(found)) return found
  }
  const asOf = await core.store.last(events)
  const found = await settled()
  // Whatever is hidden while it is asked was still to be seen when it was asked.
  if (found.isSettled && (await haveChangedSince(core, found.hidden, asOf))) return found
  throw new SearchError('unavailable', `the index of ${name} still has what was hidden long since`)
}

const isRight = ({ isSettled, hidden }: Look<unknown>): boolean => isSettled && hidden.length === 0

async function lookUnsettled<T>(asker: Asker, ask: () => Promise<Said<T>>): Promise<Look<T>> {
  const { core, watch, name, sight } = asker
  const from = watch?.at(name)
  const nothingSince = async (at: IndexMark | undefined): Promise<boolean> =>
    at !== undefined && (await nothingHidden(core, at.position, sight))
  const [look, isSettled] = await Promise.all([
    lookFrom(asker, ask, from, nothingSince),
    watch === undefined || nothingSince(from),
  ])
  return { ...look, isSettled: look.isSettled && isSettled }
}

/**
 * From where the index was known to be. One that was put in its place meanwhile, here or by another process, may be behind that;
 * and so may the very same one, where it was put back as it once was.
 */
async function lookFrom<T>(
  { core, watch, name, sight }: Asker,
  ask: () => Promise<Said<T>>,
  from: IndexMark | undefined,
  nothingSince: (at: IndexMark) => Promise<boolean> = async () => true,
): Promise<Look<T>> {
  const isStill = async (): Promise<boolean> => {
    if (watch === undefined) return true
    const now = await watch.atNow(name)
    if (now === undefined || now.build !== from?.build) return false
    return now.position === from.position || (await nothingSince(now))
  }
  const { value, ids } = await ask()
  const [rows, isSettled] = await Promise.all([rowsOf(core, ids, sight), isStill()])
  return { value, rows, hidden: ids.filter((id) => !rows.has(id)), isSettled }
}

async function settle(watch: IndexWatch | undefined, name: string): Promise<IndexMark | undefined> {
  const at = await watch?.settle(name)
  if (watch !== undefined && at === undefined)
    throw new SearchError('unavailable', `the index of ${name} does not follow what was hidden since`)
  return at
}

async function rowsOf(
  core: Core,
  ids: readonly string[],
  sight: Sight,
): Promise<ReadonlyMap<string, FoundRow>> {
  const keys = ids.map((id) => [id])
  const rows = await getParts(core.store, artifacts, { keys, columns: foundColumns })
  const there = rows.filter((row) => row !== undefined)
  const found = await rowsInSight(core, sight, there)
  return new Map(found.map((row) => [row.id, row]))
}

async function haveChangedSince(
  core: Core,
  ids: readonly string[],
  position: Position | undefined,
): Promise<boolean> {
  if (ids.length === 0) return true
  const entries = await tailNow(core.store, events, { after: position, limit: mostLookedAt })
  const changed = new Set(artifactsIn(entries.map(({ row }) => row)))
  return ids.every((id) => changed.has(id))
}
