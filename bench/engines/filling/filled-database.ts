import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { markOfSources } from '../../library/filled-folder.ts'
import type { Facts } from '../../library/task.ts'
import { runProgram } from '../../process/run-program.ts'
import { runTask } from '../run-task.ts'
import { addressOf, type Hosted, hostServers } from '../servers/hosted.ts'
import { measuredSettings } from '../servers/settings.ts'

/** A server on a folder with so many artifacts. */
export interface FilledDatabase extends AsyncDisposable {
  readonly url: string
  readonly facts: Facts
}

/** A million artifacts, on a machine that has other things to do. */
const fillDeadlineMs = 6 * 3_600_000
/** Beside what the library's folder depends on. */
const sources = [
  'server/src/adapters/store/postgresql/table-sql.ts',
  'bench/library/made-rows.ts',
  'bench/engines/filling',
]
/** What is not flushed by each commit is flushed once, when the server has ended. */
const fillSettings = [
  ...measuredSettings,
  'wal_level=minimal',
  'max_wal_senders=0',
  'full_page_writes=off',
  'autovacuum=off',
  'checkpoint_timeout=1h',
  'max_wal_size=16GB',
]

/** Filled at the first call, and kept beside the results: it takes long. Folders that were filled otherwise go. */
export async function filledDatabase(cache: string, artifacts: number): Promise<FilledDatabase> {
  const mark = await markOfSources(sources)
  const name = `${artifacts}-${mark}`
  const folder = join(cache, name)
  const known = await readFile(join(folder, 'facts.json'), 'utf8').catch(() => undefined)
  const facts =
    known === undefined ? await fill(cache, { name, mark, artifacts }) : (JSON.parse(known) as Facts)
  const server = await hostServers({
    postgresql: { folder: join(folder, 'data'), settings: measuredSettings },
  })
  return {
    url: addressOf(server, 'postgresql'),
    facts,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function fill(
  cache: string,
  { name, mark, artifacts }: { readonly name: string; readonly mark: string; readonly artifacts: number },
): Promise<Facts> {
  await mkdir(cache, { recursive: true })
  for (const old of await readdir(cache)) {
    if (!old.endsWith(mark) || old === name) await rm(join(cache, old), { recursive: true })
  }
  const folder = join(cache, name)
  await mkdir(folder)
  const facts = await filledIn(
    await hostServers({ postgresql: { folder: join(folder, 'data'), settings: fillSettings, fsync: false } }),
    artifacts,
  )
  await runProgram('sync', ['-f', folder], fillDeadlineMs)
  await writeFile(join(folder, 'facts.json.unfinished'), JSON.stringify(facts))
  await rename(join(folder, 'facts.json.unfinished'), join(folder, 'facts.json'))
  return facts
}

async function filledIn(hosted: Hosted, artifacts: number): Promise<Facts> {
  await using server = hosted
  const url = addressOf(server, 'postgresql')
  return (await runTask({ do: 'fill', url, artifacts }, fillDeadlineMs)) as Facts
}
