import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshFolder } from '../process/folder.ts'
import type { RowReport } from '../report/row-report.ts'
import { runSuite } from '../run-suite.ts'
import type { Suite } from '../session/suite.ts'
import type { Ready, Target } from '../targets/target.ts'
import { libraryRows } from './rows.ts'
import { libraryTargets } from './targets.ts'

/** Its source may change while this runs, in an editor, which would be another run. */
function unchanging(target: Target): Target {
  return { ...target, find: async (env) => ({ ...(await target.find(env)), version: 'of now' }) as Ready }
}

/** One list is measured as the others are, and all of them are looked at before reads are. */
const chosen = /^(?!find by (?:type and author|tag|published))/

test('each sort of row of the library is measured on every layer, in a tiny size', async () => {
  await using folder = await freshFolder()
  const sizes = { large: 120, small: 60, inMemory: 20, created: 120, imported: 30, page: 3 }
  const rows = libraryRows(sizes, join(folder.path, 'filled'))
  const suite: Suite = {
    name: 'tiny',
    title: 'A trial',
    targets: libraryTargets.map(unchanging),
    tools: [],
    rows,
    how: [],
  }
  const said: string[] = []
  await runSuite(
    suite,
    {
      suite: 'tiny',
      rounds: 1,
      seconds: 0.2,
      rows: chosen,
      json: true,
      resume: false,
      page: 'page.md',
      results: 'results.json',
    },
    { root: folder.path, env: {}, out: (text) => void said.push(text), note() {} },
  )
  const measured = rows.filter(({ name }) => chosen.test(name))
  const { rows: reports } = JSON.parse(said.join('')) as { rows: readonly RowReport[] }
  assert.deepEqual(
    reports.map(({ name }) => name),
    measured.flatMap(({ name, figures }) =>
      figures.map((one) => (figures.length === 1 ? name : `${name}: ${one.name}`)),
    ),
  )
  for (const { name, lines } of reports) {
    for (const { target, values, absent } of lines) {
      assert.equal(absent, undefined, `${name}: ${target}`)
      assert.ok((values?.median ?? 0) > 0, `${name}: ${target}`)
    }
  }
  const page = await readFile(join(folder.path, 'page.md'), 'utf8')
  assert.match(page, /^#### bulk import, SQLite$/m)
})
