import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Tally } from './tally.ts'

const begin = "import { test } from 'node:test'\n"
const good = `${begin}test('good', () => {})`

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly tally: Tally
}

function run(files: Readonly<Record<string, string>>): Ran {
  const folder = mkdtempSync(join(tmpdir(), 'lading-together-'))
  try {
    for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source)
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const program = join(import.meta.dirname, 'together.ts')
    const reporter = join(import.meta.dirname, 'reporter.ts')
    const told = [`--test-reporter=${reporter}`, '--test-reporter-destination=stdout']
    const tally = join(folder, 'tally.json')
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--test', '--test-isolation=none', ...told, program],
      {
        cwd: folder,
        env: { ...env, LADING_TEST_TALLY: tally, LADING_TEST_FILES: Object.keys(files).join('\n') },
        encoding: 'utf8',
      },
    )
    return { status, stdout, tally: JSON.parse(readFileSync(tally, 'utf8')) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('the files of one process are all run, and counted together', () => {
  const { status, stdout, tally } = run({
    'a.test.mjs': good,
    'b.test.mjs': `${good}\n${good.slice(begin.length)}`,
  })
  assert.deepEqual([status, stdout, tally.counts.passed], [0, '', 3])
})

test('a file that throws while it is loaded fails, and the others run', () => {
  const thrown = `${good}\nthrow new Error('while it is loaded')`
  for (const files of [
    { 'a.test.mjs': thrown, 'b.test.mjs': good },
    { 'a.test.mjs': good, 'b.test.mjs': thrown },
    { 'a.test.mjs': good, 'b.test.mjs': "import 'none-of-that-name'" },
  ]) {
    const { status, stdout, tally } = run(files)
    assert.equal(status, 1)
    assert.match(stdout, /✖ .* > [ab]\.test\.mjs is loaded/)
    assert.ok(tally.counts.passed >= 1)
    assert.equal(tally.counts.failed, 1)
  }
})

test('what is thrown when its test has ended fails the run, and is told', () => {
  const late = `${begin}test('late', () => void setTimeout(() => { throw new Error('too late') }, 5))
    test('waits', () => new Promise((resolve) => setTimeout(resolve, 100)))`
  const { status, stdout } = run({ 'a.test.mjs': late })
  assert.equal(status, 1)
  assert.match(stdout, /✖ Error: Test "late" .*too late/)
})
