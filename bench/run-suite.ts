import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Arguments } from './arguments.ts'
import type { Suite } from './oci/suite.ts'
import { pageOf } from './report/page.ts'
import { type RowReport, reportRow } from './report/row-report.ts'
import { terminalText } from './report/terminal.ts'
import { circumstancesOf, load } from './session/circumstances.ts'
import { measureRow } from './session/measure.ts'
import { noResults, type RowResults, readResults, writeResults } from './session/results.ts'
import { Stage } from './session/stage.ts'

/** A core's share of the load average beyond which others are at work too. */
const quietLoad = 0.25

export interface World {
  /** The checkout: what paths are relative to. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  /** For the report. */
  out(text: string): void
  /** For what is going on. */
  note(text: string): void
}

/** Measures what is asked for and not measured yet, and reports all that is known. */
export async function runSuite(suite: Suite, wish: Arguments, world: World): Promise<void> {
  const rows = suite.rows.filter(({ name }) => wish.rows.test(name))
  if (rows.length === 0)
    throw new Error(`no row matches ${wish.rows}: ${suite.rows.map(({ name }) => name).join('; ')}`)
  const [{ name: subject } = { name: '' }] = suite.targets
  await using stage = await Stage.of(suite.targets, suite.tools, subject, world.env)
  const circumstances = await circumstancesOf(suite.name, wish.seconds, stage)
  const kept = resolve(world.root, wish.results)
  const earlier = wish.again ? undefined : await readResults(kept, circumstances)
  const known: Record<string, RowResults> = { ...earlier?.rows }
  const keep = async (): Promise<void> => await writeResults(kept, { circumstances, rows: known })
  world.note(`finished rounds are kept in ${kept}`)
  if (load() > quietLoad * availableParallelism()) {
    world.note(`the machine is busy (load ${load().toFixed(1)}): measure again before you publish anything`)
  }
  const reports: RowReport[] = []
  for (const row of rows) {
    world.note(
      `${row.name}: ${(known[row.name] ?? noResults).rounds.length} of ${wish.rounds} rounds are there`,
    )
    known[row.name] = await measureRow(row, known[row.name] ?? noResults, wish, stage, async (results) => {
      known[row.name] = results
      await keep()
    })
    await keep()
    const report = reportRow(row, known[row.name] ?? noResults)
    reports.push(report)
    if (!wish.json) world.out(terminalText(report))
  }
  if (wish.json) world.out(JSON.stringify({ circumstances, rows: reports }, undefined, 2))
  // The page has every row that was ever measured in these circumstances, not only those of this time.
  const all = suite.rows.flatMap((row) => {
    const results = known[row.name]
    return results === undefined ? [] : [reportRow(row, results)]
  })
  const page = resolve(world.root, wish.page)
  await mkdir(dirname(page), { recursive: true })
  await writeFile(page, pageOf({ circumstances, targets: suite.targets, reports: all }))
  world.note(`written: ${page}`)
}
