import assert from 'node:assert/strict'
import { chmod, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSearchSkip } from '../../server/test/kit/servers/opensearch-server.ts'
import { postgresqlSkip } from '../../server/test/kit/servers/postgresql-server.ts'
import { freshFolder } from '../process/folder.ts'
import type { RowReport } from '../report/row-report.ts'
import { runSuite } from '../run-suite.ts'
import type { Suite } from '../session/suite.ts'
import type { Ready, Target } from '../targets/target.ts'
import { CorpusUnreadable, readCorpus } from './relevance/read-corpus.ts'
import { searchRows } from './rows/search-rows.ts'
import { bareInserts, searchTargets } from './targets.ts'

const unreadable = await readCorpus().then(
  () => false as const,
  (error: unknown) => {
    if (error instanceof CorpusUnreadable) return error.message
    throw error
  },
)
const missing = postgresqlSkip || openSearchSkip || unreadable
const skip = process.env['LADING_REQUIRE_ALL'] === '1' ? false : missing

const artifacts = 2_000
const sizes = {
  artifacts,
  peers: artifacts,
  reindexed: 500,
  published: 3,
  asked: { queries: 30, names: 5 },
}

/** Its source may change while this runs, in an editor, which would be another run. */
function unchanging(target: Target): Target {
  return { ...target, find: async (env) => ({ ...(await target.find(env)), version: 'of now' }) as Ready }
}

test('each row of searching is measured on every engine, in a tiny size', { skip }, async () => {
  await using folder = await freshFolder()
  // PostgreSQL's data is somebody else's where root runs it.
  await chmod(folder.path, 0o755)
  const cache = join(folder.path, 'filled')
  const rows = searchRows(sizes, cache)
  const suite: Suite = {
    name: 'tiny',
    title: 'A trial',
    targets: searchTargets(artifacts).map(unchanging),
    tools: [],
    rows,
    how: [],
  }
  const said: string[] = []
  const wish = { suite: 'tiny', rounds: 1, seconds: 0.1, rows: /(?:)/, json: true, resume: false }
  await runSuite(
    suite,
    { ...wish, page: 'page.md', results: 'results.json' },
    { root: folder.path, env: {}, out: (text) => void said.push(text), note() {} },
  )
  const { rows: reports } = JSON.parse(said.join('')) as { rows: readonly RowReport[] }
  assert.deepEqual(
    reports.map(({ name }) => name),
    rows.flatMap(({ name, figures }) => figures.map((one) => `${name}: ${one.name}`)),
  )
  for (const { name, lines } of reports) {
    for (const { target, values, absent } of lines) {
      // Nobody asks it anything meanwhile.
      if (name.includes('meanwhile') && target === bareInserts) continue
      assert.equal(absent, undefined, `${name}: ${target}`)
      assert.ok((values?.median ?? 0) > 0, `${name}: ${target}`)
    }
  }
  const [mixed] = reports
  assert.equal(mixed?.goal?.words, '< 30 ms, and postgresql < 50 ms, and opensearch < 50 ms')
  assert.match(await readFile(join(folder.path, 'page.md'), 'utf8'), /^#### autocomplete: p95$/m)
  assert.equal((await readdir(cache)).length, 1, 'one filled place is kept')
})
