import { join } from 'node:path'
import { addressOf, type Hosted, hostServers, type WantedServers } from '../../engines/servers/hosted.ts'
import { measuredSettings } from '../../engines/servers/settings.ts'
import { runTask } from '../run-task.ts'
import type { EngineAt, EngineName } from '../task.ts'
import { type FilledPlace, fillDeadlineMs, once } from './filled-place.ts'
import { hashOfSources } from './hash-of-sources.ts'
import { readThrough } from './read-through.ts'

/** An engine with the index of a place, and the server that it stands on. */
export interface FilledEngine extends AsyncDisposable {
  readonly at: EngineAt
}

/** MiB for OpenSearch, as its manual advises: half of what a small machine has. */
const heap = 2_048

const serving: Readonly<Record<'postgresql' | 'opensearch', (folder: string) => WantedServers>> = {
  postgresql: (folder) => ({ postgresql: { folder, settings: measuredSettings } }),
  opensearch: (folder) => ({ opensearch: { folder, heap, isLasting: true } }),
}

/** What an index depends on, beside its place. */
const sources: Readonly<Record<Exclude<EngineName, 'memory'>, readonly string[]>> = {
  sqlite: ['server/src/adapters/search/sqlite'],
  postgresql: [
    'server/src/adapters/search/postgresql',
    'server/src/adapters/store/postgresql/table-sql.ts',
    'bench/search/filling/fill-database.ts',
  ],
  opensearch: ['server/src/adapters/search/opensearch', 'server/src/adapters/search/shared'],
}

/** The index is built at the first call, and kept in the place until its engine changes. It is in the machine's memory, with the records. */
export async function filledEngine(place: FilledPlace, engine: EngineName): Promise<FilledEngine> {
  const records = { folder: place.records }
  if (engine === 'memory') return { at: { engine, records, index: '' }, async [Symbol.asyncDispose]() {} }
  const name = `${engine}-${await hashOfSources(sources[engine])}`
  const folder = join(place.folder, name)
  if (engine === 'sqlite') {
    const at: EngineAt = { engine, records, index: folder }
    await once(place.folder, name, () => filledIndex(at))
    await readThrough(place.records)
    await readThrough(folder)
    return { at, async [Symbol.asyncDispose]() {} }
  }
  const start = async (): Promise<Hosted> => await hostServers(serving[engine](folder))
  const atServer = (server: Hosted): EngineAt => {
    const index = addressOf(server, engine)
    return { engine, records: engine === 'postgresql' ? { url: index } : records, index }
  }
  await once(place.folder, name, async () => {
    await using server = await start()
    const at = atServer(server)
    if ('url' in at.records)
      await runTask({ do: 'fill-database', url: at.records.url, artifacts: place.artifacts }, fillDeadlineMs)
    return await filledIndex(at)
  })
  if (engine === 'opensearch') await readThrough(place.records)
  await readThrough(folder)
  const server = await start()
  return { at: atServer(server), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** A file of FTS5 with the same texts. */
export async function filledFts5({ folder, artifacts }: FilledPlace): Promise<string> {
  const name = `fts5-${await hashOfSources(['bench/search/filling/fill-fts5.ts', 'bench/search/peers/plain-fts5.ts'])}`
  const file = join(folder, `${name}.db`)
  await once(folder, name, async () => {
    return (await runTask({ do: 'fill-fts5', file, artifacts }, fillDeadlineMs)) as object
  })
  return file
}

async function filledIndex(at: EngineAt): Promise<object> {
  return (await runTask({ do: 'fill-index', at }, fillDeadlineMs)) as object
}
