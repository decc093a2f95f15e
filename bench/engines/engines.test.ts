import assert from 'node:assert/strict'
import { chmod, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { postgresqlSkip } from '../../server/test/kit/servers/postgresql-server.ts'
import { redisTool } from '../../server/test/kit/servers/redis-server.ts'
import { s3ServerTool } from '../../server/test/kit/servers/s3-server.ts'
import { freshFolder } from '../process/folder.ts'
import type { RowReport } from '../report/row-report.ts'
import { runSuite } from '../run-suite.ts'
import type { Suite } from '../session/suite.ts'
import type { Ready, Target } from '../targets/target.ts'
import { enginesRows } from './rows/engines-rows.ts'
import type { Sizes } from './rows/sizes.ts'
import { enginesTargets } from './targets.ts'

const missing = postgresqlSkip || redisTool.skip || s3ServerTool.skip
const skip = process.env['LADING_REQUIRE_ALL'] === '1' ? false : missing

const sizes: Sizes = {
  artifacts: 120,
  page: 3,
  created: 120,
  cached: 20,
  zipf: { entries: 50, reads: 1_000 },
  bytes: 9 * 1024 * 1024,
  clients: 3,
}

/** Its source may change while this runs, in an editor, which would be another run. */
function unchanging(target: Target): Target {
  return { ...target, find: async (env) => ({ ...(await target.find(env)), version: 'of now' }) as Ready }
}

/** One list is measured as the others are, and each way to S3 once. */
const chosen = /^(?!find by type|blob push.*alone|blob pull.*S3$)/

test('each sort of row of the engines is measured on every layer, in a tiny size', { skip }, async () => {
  await using folder = await freshFolder()
  // PostgreSQL's data is somebody else's where root runs it.
  await chmod(folder.path, 0o755)
  const cache = join(folder.path, 'filled')
  const rows = enginesRows(sizes, cache)
  const suite: Suite = {
    name: 'tiny',
    title: 'A trial',
    targets: enginesTargets(sizes.artifacts).map(unchanging),
    tools: [],
    rows,
    how: [],
  }
  const said: string[] = []
  const wish = { suite: 'tiny', rounds: 1, seconds: 0.1, rows: chosen, json: true, resume: false }
  await runSuite(
    suite,
    { ...wish, page: 'page.md', results: 'results.json' },
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
      // Memory alone may have had all of so few.
      if (name.includes('missed by')) assert.ok((values?.median ?? Number.NaN) <= 100, name)
      else assert.ok((values?.median ?? 0) > 0, `${name}: ${target}`)
    }
  }
  assert.match(await readFile(join(folder.path, 'page.md'), 'utf8'), /^#### read by id, PostgreSQL: p95$/m)
  assert.equal((await readdir(cache)).length, 1, 'one filled database is kept')
})
