import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import { runProgram } from '../process/run-program.ts'
import { runTask } from './run-task.ts'
import { type Facts, filledSeed } from './task.ts'

/** A data folder with so many artifacts. */
export interface FilledFolder {
  readonly data: string
  readonly facts: Facts
}

const command = join(root, 'server/src/cli/main.ts')
/** A million artifacts, on a machine that has other things to do. */
const fillDeadlineMs = 6 * 3_600_000

/** What the rows of a filled folder depend on: where it changes, the folder is filled anew. */
const sources = [
  'server/src/boot/schema.ts',
  'server/src/core/artifacts/tables.ts',
  'server/src/core/authoring/version-content.ts',
  'server/src/core/catalog/tables.ts',
  'server/src/core/content/tables.ts',
  'server/src/core/seed',
]

/**
 * Filled at the first call, and kept beside the results: it takes minutes. Folders that were filled otherwise go, and so
 * does what an interruption has left.
 */
export async function filledFolder(cache: string, artifacts: number): Promise<FilledFolder> {
  const mark = await markOfSources()
  const name = `${artifacts}-${mark}`
  const folder = join(cache, name)
  const data = join(folder, 'data')
  const known = await readFile(join(folder, 'facts.json'), 'utf8').catch(() => undefined)
  if (known !== undefined) return { data, facts: JSON.parse(known) as Facts }
  await mkdir(cache, { recursive: true })
  for (const old of await readdir(cache)) {
    if (!old.endsWith(mark) || old === name) await rm(join(cache, old), { recursive: true })
  }
  await mkdir(folder)
  const args = ['--artifacts', String(artifacts), '--seed', String(filledSeed), '--data', data]
  await runProgram(process.execPath, [command, 'seed', ...args], fillDeadlineMs)
  const facts = (await runTask({ do: 'facts', folder: data }, fillDeadlineMs)) as unknown as Facts
  await writeFile(join(folder, 'facts.json.unfinished'), JSON.stringify(facts))
  await rename(join(folder, 'facts.json.unfinished'), join(folder, 'facts.json'))
  return { data, facts }
}

/** `more` beside the library's own. */
export async function markOfSources(more: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256')
  for (const source of [...sources, ...more]) {
    const path = join(root, source)
    const files = source.endsWith('.ts')
      ? [path]
      : (await readdir(path)).sort().map((file) => join(path, file))
    for (const file of files) hash.update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 8)
}
