import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { tokenRows } from './access/rows/token-rows.ts'
import { accessTargets } from './access/targets.ts'
import { largeRow } from './oci/large-rows.ts'
import { pushRows } from './oci/push-rows.ts'
import { folderPrefix, freshFolder } from './process/folder.ts'
import type { RowReport } from './report/row-report.ts'
import { runSuite } from './run-suite.ts'
import type { Circumstances, Results } from './session/results.ts'
import type { Row } from './session/row.ts'
import type { Suite } from './session/suite.ts'
import { bare, sink } from './targets/bare.ts'
import { lading, ladingFilled } from './targets/lading.ts'
import { nginx } from './targets/nginx.ts'
import type { Ready, Target } from './targets/target.ts'

/** Its source may change while this runs, in an editor, which would be another run. */
function unchanging(target: Target): Target {
  return { ...target, find: async (env) => ({ ...(await target.find(env)), version: 'of now' }) as Ready }
}

function suiteOf(targets: readonly Target[], row: Row): Suite {
  return {
    name: 'smoke',
    title: 'A trial',
    how: [],
    targets: targets.map(unchanging),
    tools: [],
    rows: [row],
  }
}

const wish = {
  suite: 'smoke',
  rounds: 1,
  seconds: 0.2,
  rows: /(?:)/,
  json: true,
  resume: false,
  page: 'docs/page.md',
  results: 'kept/results.json',
}

interface Said {
  readonly circumstances: Circumstances
  readonly rows: readonly RowReport[]
}

async function run(root: string, suite: Suite, resume: boolean = false): Promise<Said> {
  const said: string[] = []
  const out = (text: string): void => void said.push(text)
  await runSuite(suite, { ...wish, resume }, { root, env: { PATH: process.env['PATH'] }, out, note() {} })
  return JSON.parse(said.join('')) as Said
}

const artifacts = pushRows.find(({ name }) => name.startsWith('artifact push'))!

test('one tiny round: checked, measured, kept, reported and written', async () => {
  await using folder = await freshFolder()
  const targets = ['lading', 'bare', 'sink', 'nobody']
  const suite = suiteOf([lading, bare, sink], { ...artifacts, targets })
  const { circumstances, rows } = await run(folder.path, suite)

  assert.deepEqual(Object.keys(circumstances.versions), ['lading', 'bare', 'sink'])
  assert.equal(rows.length, 1)
  const [report] = rows
  assert.deepEqual(
    report?.lines.map(({ target, values, absent }) => [target, (values?.median ?? 0) > 0, absent]),
    [
      ['lading', true, undefined],
      ['bare', true, undefined],
      ['sink', true, undefined],
      ['nobody', false, 'missing: there is no target nobody'],
    ],
  )
  assert.equal(report?.goal?.state, 'open')

  const page = await readFile(join(folder.path, wish.page), 'utf8')
  assert.match(page, /^\| lading \| [\d,.]+ \|/m)
  assert.match(page, /^\| nobody \| missing \|/m)
  const kept = await readFile(join(folder.path, wish.results), 'utf8')
  assert.equal((JSON.parse(kept) as Results).rows[artifacts.name]?.rounds.length, 1)

  await run(folder.path, suite, true)
  const after = await readFile(join(folder.path, wish.results), 'utf8')
  assert.equal(after, kept, 'a finished run measures nothing again')
})

test('a program that is missing is named with how to get it', async () => {
  await using folder = await freshFolder()
  const absent: Target = { ...nginx, find: () => nginx.find({ PATH: '/nowhere' }) }
  const suite = { ...suiteOf([], { ...artifacts, targets: ['nginx'] }), targets: [absent] }
  const { rows } = await run(folder.path, suite)
  assert.match(rows[0]?.lines[0]?.absent ?? '', /^missing: .*apt-get install nginx/)
})

test('a large registry beside a small one', async () => {
  await using folder = await freshFolder()
  const before = await benchFolders()
  const row = largeRow({ sizes: { large: 250, small: 120 }, tags: 3 })
  const suite = suiteOf([ladingFilled('large'), ladingFilled('small')], row)
  const { rows } = await run(folder.path, suite)
  assert.deepEqual(
    rows.map(({ name, lines }) => [name, ...lines.map(({ values }) => (values?.median ?? 0) > 0)]),
    ['page of the catalog', 'list of tags', 'start to first answer', 'memory'].map((name) => {
      return [`a large registry: ${name}`, true, true]
    }),
    JSON.stringify(rows),
  )
  const left = (await benchFolders()).filter((name) => !before.includes(name))
  assert.deepEqual(left, [], 'the filled folders are gone')
})

test('a server with an account, with tokens and without', async () => {
  await using folder = await freshFolder()
  const before = await benchFolders()
  const served: Suite = {
    ...{ name: 'smoke', title: 'A trial', how: [], tools: [] },
    targets: accessTargets.map(unchanging),
    rows: tokenRows({ warmSeconds: 0.2 }),
  }
  const { rows } = await run(folder.path, served)
  assert.deepEqual(
    rows.map(({ lines }) => lines.map(({ values }) => (values?.median ?? 0) > 0)),
    [[true, true], [true, true], [true], [true]],
    JSON.stringify(rows),
  )
  const left = (await benchFolders()).filter((name) => !before.includes(name))
  assert.deepEqual(left, [], 'the servers and their folders are gone')
})

/** Those of this process: others may run at the same time. */
async function benchFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(folderPrefix))
}
