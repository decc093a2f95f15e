import { compareText } from '../../domain/compare-text.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import type { Stored } from '../../ports/store/store.ts'
import { type ArtifactRow, artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'

/** `missing`: the store has it and the index has not; `stale`: the index has another state; `surplus`: only the index has it. */
export interface IndexDifference {
  readonly id: string
  readonly why: 'missing' | 'stale' | 'surplus'
}

const readAtOnce = 500

/** Walks through store and index side by side, in the order of ids. What changes meanwhile may be told of too. */
export async function* compareIndex(
  core: Core,
  engine: SearchEngine,
  signal: AbortSignal,
): AsyncGenerator<IndexDifference> {
  const indexed = listed(engine)
  let next = await indexed.next()
  for await (const row of eachRow(core.store, artifacts)) {
    signal.throwIfAborted()
    if (!row.live || row.digest === '') continue
    while (!next.done && compareText(next.value.id, row.id) < 0) {
      yield { id: next.value.id, why: 'surplus' }
      next = await indexed.next()
    }
    if (next.done || next.value.id !== row.id) yield { id: row.id, why: 'missing' }
    else {
      if (!(await isOf(core, row, next.value.version))) yield { id: row.id, why: 'stale' }
      next = await indexed.next()
    }
  }
  for (; !next.done; next = await indexed.next()) yield { id: next.value.id, why: 'surplus' }
}

async function* listed(
  engine: SearchEngine,
): AsyncGenerator<{ readonly id: string; readonly version: number }, undefined> {
  for (let after: string | undefined; ; ) {
    const page = await engine.list(after, readAtOnce)
    yield* page
    if (page.length < readAtOnce) return undefined
    after = page.at(-1)?.id
  }
}

/** A version that the store has not got to is of another state of it, such as one that a backup has replaced. */
async function isOf(core: Core, row: Stored<ArtifactRow>, version: number): Promise<boolean> {
  if (version <= row.changes) return version === row.changes
  const now = await core.store.get(artifacts, [row.id])
  return now !== undefined && version <= now.changes
}
