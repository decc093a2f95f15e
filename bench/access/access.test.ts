import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshFolder } from '../process/folder.ts'
import { readCauses } from '../report/causes.ts'
import type { RowReport } from '../report/row-report.ts'
import { runSuite } from '../run-suite.ts'
import { figureName } from '../session/row.ts'
import type { Suite } from '../session/suite.ts'
import type { Ready, Target } from '../targets/target.ts'
import { accessRows } from './rows/access-rows.ts'
import type { Sizes } from './rows/sizes.ts'
import { access } from './suite.ts'
import { accessTargets, servedName } from './targets.ts'

const tiny: Sizes = {
  ...{ entries: 5000, created: 200, people: 200, checks: 3, warmSeconds: 0.2 },
  rights: { grants: 600, teams: 60, users: 200 },
}

/** Its source may change while this runs, in an editor, which would be another run. */
function unchanging(target: Target): Target {
  return { ...target, find: async (env) => ({ ...(await target.find(env)), version: 'of now' }) as Ready }
}

// Those of a server as its package has it are measured in smoke.test.ts.
const rows = accessRows(tiny).filter(({ targets }) => !targets.includes(servedName))

test('each row about access is measured, in a tiny size', async () => {
  await using folder = await freshFolder()
  const suite: Suite = {
    name: 'tiny',
    title: 'A trial',
    targets: accessTargets.map(unchanging),
    tools: [],
    rows,
    how: [],
  }
  const said: string[] = []
  await runSuite(
    suite,
    {
      ...{ suite: 'tiny', rounds: 1, seconds: 0.2, rows: /./, json: true, resume: false },
      ...{ page: 'page.md', results: 'results.json' },
    },
    { root: folder.path, env: {}, out: (text) => void said.push(text), note() {} },
  )
  const { rows: reports } = JSON.parse(said.join('')) as { rows: readonly RowReport[] }
  assert.deepEqual(
    reports.map(({ name }) => name),
    rows.flatMap((row) => row.figures.map((figure) => figureName(row, figure))),
  )
  for (const { name, lines } of reports)
    for (const { target, values, absent } of lines) {
      assert.equal(absent, undefined, `${name}: ${target}`)
      assert.ok((values?.median ?? 0) > 0, `${name}: ${target}`)
    }
})

test("the suite's own causes are of what it measures", async () => {
  const names = access.rows.flatMap((row) => row.figures.map((figure) => figureName(row, figure)))
  assert.equal(new Set(names).size, names.length, 'every figure has a name of its own')
  await readCauses(access.causes ?? '', names)
})
