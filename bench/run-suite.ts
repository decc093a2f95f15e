import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Arguments } from './arguments.ts'
import { type Causes, readCauses } from './report/causes.ts'
import { sectionOf } from './report/page.ts'
import { type RowReport, reportRow } from './report/row-report.ts'
import { terminalText } from './report/terminal.ts'
import { pageWith } from './report/whole-page.ts'
import { circumstancesOf, load } from './session/circumstances.ts'
import { estimate, minutes } from './session/estimate.ts'
import { measureRow } from './session/measure.ts'
import { noResults, type RowResults, readResults, writeResults } from './session/results.ts'
import { figureName, type Row } from './session/row.ts'
import { Stage } from './session/stage.ts'
import type { Suite } from './session/suite.ts'

/** A core's share of the load average beyond which others are at work too. */
const quietLoad = 0.25

export interface World {
  /** The checkout: what paths are relative to. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  /** All that may have a part of the page, in its order; the one that is run alone where nothing is said. */
  readonly suites?: readonly string[]
  /** For the report. */
  out(text: string): void
  /** For what is going on. */
  note(text: string): void
}

/** Measures what is asked for, and reports all that is known of these circumstances. */
export async function runSuite(suite: Suite, wish: Arguments, world: World): Promise<void> {
  const rows = chosenRows(suite, wish.rows)
  const causes = await causesOf(suite)
  const [{ name: subject } = { name: '' }] = suite.targets
  await using stage = await Stage.of(suite.targets, suite.tools, subject, world.env)
  const circumstances = await circumstancesOf(suite.name, wish.seconds, stage)
  const kept = resolve(world.root, wish.results)
  const earlier = await readResults(kept, circumstances)
  const known: Record<string, RowResults> = { ...earlier?.rows }
  if (!wish.resume) for (const { name } of rows) delete known[name]
  else if (earlier === undefined) world.note('nothing is kept of these circumstances: all begins afresh')
  world.note(`finished rounds are kept in ${kept}`)
  world.note(`this takes ${minutes(estimate(rows, known, wish, stage))}`)
  if (load() > quietLoad * availableParallelism()) {
    world.note(`the machine is busy (load ${load().toFixed(1)}): measure again before you publish anything`)
  }
  const reports: RowReport[] = []
  for (const row of rows) {
    const there = known[row.name] ?? noResults
    world.note(`${row.name}: ${there.rounds.length} of ${wish.rounds} rounds are there`)
    const keep = async (results: RowResults): Promise<void> => {
      known[row.name] = results
      await writeResults(kept, { circumstances, rows: known })
    }
    const results = await measureRow(row, there, wish, stage, keep)
    await keep(results)
    const figures = reportRow(row, results)
    reports.push(...figures)
    if (!wish.json) for (const figure of figures) world.out(terminalText(figure))
  }
  if (wish.json) world.out(JSON.stringify({ circumstances, rows: reports }, undefined, 2))
  // The page has every row that was ever measured in these circumstances, not only those of this time.
  const all = suite.rows.flatMap((row) => {
    const results = known[row.name]
    return results === undefined ? [] : reportRow(row, results)
  })
  const page = resolve(world.root, wish.page)
  await mkdir(dirname(page), { recursive: true })
  const section = sectionOf({ circumstances, suite, reports: all, causes })
  const before = await readFile(page, 'utf8').catch(noPage)
  await writeFile(page, pageWith(before, { suite: suite.name, section }, world.suites ?? [suite.name]))
  world.note(`written: ${page}`)
}

function noPage(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

function chosenRows({ rows }: Suite, wanted: RegExp): Row[] {
  const chosen = rows.filter(({ name }) => wanted.test(name))
  if (chosen.length > 0) return chosen
  throw new Error(`no row matches ${wanted}: ${rows.map(({ name }) => name).join('; ')}`)
}

async function causesOf({ causes, rows }: Suite): Promise<Causes> {
  if (causes === undefined) return new Map()
  return await readCauses(
    causes,
    rows.flatMap((row) => row.figures.map((figure) => figureName(row, figure))),
  )
}
