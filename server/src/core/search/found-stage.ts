import type { Sight } from '../../domain/search.ts'
import { SearchError } from '../../ports/search/errors.ts'
import type { EngineAnswer } from '../../ports/search/search.ts'
import type { Position } from '../../ports/store/store.ts'
import { tailNow } from '../../ports/store/tail-now.ts'
import { type ArtifactRow, artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { events } from '../ledger/tables.ts'
import { artifactsIn } from './artifacts-in.ts'
import { type SearchStage, type StageQuestion, stageOf } from './search-stage.ts'
import type { Searchers } from './searchers.ts'
import { isRowInSight } from './shown-rows.ts'

/** How often an index is brought to where the log is for one question. */
const mostSettled = 3
/** Events since the question that are looked at for what has hidden a hit. */
const mostLookedAt = 100

export interface FoundStage extends SearchStage {
  /** The artifacts behind the hits as they are now; without those that have gone, or out of sight, since they were indexed. */
  readonly rows: ReadonlyMap<string, ArtifactRow>
}

export interface FoundQuestion extends StageQuestion {
  readonly core: Core
  readonly searchers: Searchers
  readonly name: string
  readonly sight: Sight
}

/**
 * What an index finds that has nothing in it which was hidden before it was asked: numbers would count that too.
 * @throws SearchError `unavailable`: it has, and does not let go of it
 */
export async function foundStage(question: FoundQuestion): Promise<FoundStage> {
  const { core, searchers, name, sight } = question
  const look = async (): Promise<FoundStage> => {
    const stage = await stageOf(question)
    return { ...stage, rows: await rowsOf(core, stage.answer, sight) }
  }
  const [first, isSettled] = await Promise.all([look(), searchers.isSettled(name, sight)])
  if (isSettled && hiddenIn(first).length === 0) return first
  const settledLook = async (): Promise<FoundStage> => {
    await searchers.settle(name)
    return await look()
  }
  for (let settled = 1; settled < mostSettled; settled++) {
    const found = await settledLook()
    if (hiddenIn(found).length === 0) return found
  }
  const asOf = await core.store.last(events)
  const found = await settledLook()
  // Whatever is hidden while it is asked was still to be seen when it was asked.
  if (await haveChangedSince(core, hiddenIn(found), asOf)) return found
  throw new SearchError('unavailable', `the index of ${name} still has what was hidden long since`)
}

async function rowsOf(
  core: Core,
  { hits }: EngineAnswer,
  sight: Sight,
): Promise<ReadonlyMap<string, ArtifactRow>> {
  const rows = await core.store.getMany(
    artifacts,
    hits.map(({ id }) => [id]),
  )
  const found = rows.filter((row) => row !== undefined).filter((row) => isRowInSight(sight, row))
  return new Map(found.map((row) => [row.id, row]))
}

function hiddenIn({ answer, rows }: FoundStage): readonly string[] {
  return answer.hits.map(({ id }) => id).filter((id) => !rows.has(id))
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
