import { systemClock } from '../../../server/src/adapters/clock/system/system-clock.ts'
import { MemoryTelemetry } from '../../../server/src/adapters/telemetry/memory/memory-telemetry.ts'
import type { ArtifactRow } from '../../../server/src/core/artifacts/tables.ts'
import type { Core } from '../../../server/src/core/ledger/core.ts'
import { searchArtifacts } from '../../../server/src/core/search/search-artifacts.ts'
import { Searchers } from '../../../server/src/core/search/searchers.ts'
import { wholeSight } from '../../../server/src/domain/search.ts'
import { kindsByName } from '../../../server/src/kinds/kinds.ts'
import type { SearchEngine } from '../../../server/src/ports/search/search.ts'
import { artifactRow } from '../corpus/artifact-row.ts'
import { rowsById } from '../corpus/rows-by-id.ts'
import { documentOfRow } from '../document-of-row.ts'
import type { Contender } from './ranker.ts'

const addedAtOnce = 500

/** The registry's own search over an engine of it, which the contender opens and closes. */
export function registryContender(name: string, open: () => Promise<SearchEngine>): Contender {
  return {
    name,
    fill: async ({ documents }) => {
      const rows = new Map(documents.map((document) => [document.name, artifactRow(document)]))
      const engine = await open()
      await fill(engine, [...rows.values()])
      const searchers = new Searchers({
        main: { name, engine },
        clock: systemClock,
        telemetry: new MemoryTelemetry(),
        timeout: 30_000,
        pause: 1_000,
      })
      const store = { getMany: rowsById(rows.values()) }
      const core = { store, clock: systemClock, kinds: kindsByName() } as unknown as Core
      return {
        rank: async ({ text, filters }, limit) => {
          const facets = {
            ...(filters?.category !== undefined && { category: [filters.category] }),
            ...(filters?.topics !== undefined && { topic: filters.topics }),
          }
          const { hits } = await searchArtifacts(core, searchers, wholeSight, { text, facets, limit })
          return hits.map(({ artifact }) => artifact.slug)
        },
        [Symbol.asyncDispose]: () => engine.close(),
      }
    },
  }
}

async function fill(engine: SearchEngine, rows: readonly ArtifactRow[]): Promise<void> {
  await using rebuilding = await engine.rebuild()
  for (let at = 0; at < rows.length; at += addedAtOnce)
    await rebuilding.add(rows.slice(at, at + addedAtOnce).map((row) => documentOfRow(row)))
  await rebuilding.finish('filled')
}
