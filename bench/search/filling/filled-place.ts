import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '../relevance/corpus.ts'
import { readCorpus } from '../relevance/read-corpus.ts'
import { runTask } from '../run-task.ts'
import type { RecordFacts } from './fill-records.ts'
import { hashOfSources } from './hash-of-sources.ts'

/** A folder for all that is made of so many artifacts. */
export interface FilledPlace {
  readonly folder: string
  readonly artifacts: number
  /** Of their records in SQLite. */
  readonly records: string
  readonly facts: RecordFacts
}

/** A million artifacts, on a machine that has other things to do. */
export const fillDeadlineMs: number = 6 * 3_600_000

/** What artifacts and their documents depend on: where it changes, everything is filled anew. */
const sources = [
  'bench/search/corpus',
  'bench/search/filling/fill-records.ts',
  'server/src/core/artifacts/tables.ts',
  'server/src/core/search/make-document.ts',
  'server/src/core/search/text',
]

/** The records are filled at the first call, and kept beside the results. Places of other texts or sources go. */
export async function filledPlace(cache: string, artifacts: number): Promise<FilledPlace> {
  const mark = await hashOfSources(sources, digestOf(await readCorpus()))
  const name = `${artifacts}-${mark}`
  const folder = join(cache, name)
  await mkdir(folder, { recursive: true })
  for (const old of await readdir(cache))
    if (!old.endsWith(mark)) await rm(join(cache, old), { recursive: true })
  const records = join(folder, 'records')
  const facts = await once(folder, 'records', async () => {
    const made = await runTask({ do: 'fill-records', folder: records, artifacts }, fillDeadlineMs)
    return made as RecordFacts
  })
  return { folder, artifacts, records, facts }
}

/**
 * Makes what is to be found at `folder/name`, and keeps beside it what was answered; what an interruption has left of it goes.
 * The same under the name with another mark goes too.
 */
export async function once<T extends object>(
  folder: string,
  name: string,
  make: () => Promise<T>,
): Promise<T> {
  const kept = join(folder, `${name}.json`)
  const known = await readFile(kept, 'utf8').catch(notThere)
  if (known !== undefined) return JSON.parse(known) as T
  const [kind = name] = name.split('-', 1)
  for (const old of await readdir(folder))
    if (old === kind || old.startsWith(`${kind}-`) || old.startsWith(`${kind}.`))
      await rm(join(folder, old), { recursive: true })
  const made = await make()
  await writeFile(`${kept}.unfinished`, JSON.stringify(made))
  await rename(`${kept}.unfinished`, kept)
  return made
}

function notThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
