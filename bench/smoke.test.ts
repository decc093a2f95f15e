import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pushRows } from './oci/push-rows.ts'
import { freshFolder } from './process/folder.ts'
import type { RowReport } from './report/row-report.ts'
import { runSuite } from './run-suite.ts'
import type { Circumstances, Results } from './session/results.ts'
import { lading } from './targets/lading.ts'
import { nginx } from './targets/nginx.ts'
import type { Ready, Target } from './targets/target.ts'

const row = pushRows.find(({ name }) => name.startsWith('artifact push'))!
/** Its source may change while this runs, in an editor, which would be another run. */
const subject: Target = {
  ...lading,
  find: async (env) => ({ ...(await lading.find(env)), version: 'of now' }) as Ready,
}
const suite = {
  name: 'smoke',
  targets: [subject, nginx],
  tools: [],
  rows: [{ ...row, targets: ['lading', 'nginx'] }],
}

test('one tiny round: checked, measured, kept, reported and written', async () => {
  await using folder = await freshFolder()
  const said: string[] = []
  const world = {
    root: folder.path,
    env: { PATH: '' },
    out: (text: string) => void said.push(text),
    note() {},
  }
  const wish = {
    suite: 'smoke',
    rounds: 1,
    seconds: 0.2,
    rows: /artifact/,
    json: true,
    resume: false,
    page: 'docs/page.md',
    results: 'kept/results.json',
  }
  await runSuite(suite, wish, world)

  const { circumstances, rows } = JSON.parse(said.join('')) as {
    circumstances: Circumstances
    rows: RowReport[]
  }
  assert.deepEqual(Object.keys(circumstances.versions), ['lading'])
  assert.equal(rows.length, 1)
  const [report] = rows
  assert.ok(report?.lines[0]?.values && report.lines[0].values.median > 0, said.join(''))
  assert.match(report.lines[1]?.absent ?? '', /^missing: .*apt-get install nginx/)
  assert.equal(report.goal?.state, 'open')

  const page = await readFile(join(folder.path, wish.page), 'utf8')
  assert.match(page, /^\| lading \| [\d,.]+ \|/m)
  assert.match(page, /^\| nginx \| missing \|/m)
  const kept = await readFile(join(folder.path, wish.results), 'utf8')
  assert.equal((JSON.parse(kept) as Results).rows[row.name]?.rounds.length, 1)

  await runSuite(suite, { ...wish, resume: true }, world)
  assert.equal(
    await readFile(join(folder.path, wish.results), 'utf8'),
    kept,
    'a finished run measures nothing again',
  )
})
