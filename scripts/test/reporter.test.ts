import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { closingLines, type Tally } from './tally.ts'

const source = `
  import { describe, test } from 'node:test'
  import assert from 'node:assert/strict'
  console.log('said on the way')
  test('good', () => {})
  describe('a suite', () => {
    test('bad', () => assert.equal(1, 2, 'one is not two'))
    test('left out', { skip: 'no such program' }, () => {})
  })
  test('planned', { todo: true }, () => assert.fail('hidden'))
  test('left out in the end', (t) => t.skip())
`

test('a run leaves failures in print, and counts and skips in its tally', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lading-reporter-')))
  try {
    writeFileSync(join(folder, 'sample.test.mjs'), source)
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const reporter = join(import.meta.dirname, 'reporter.ts')
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', 'sample.test.mjs'],
      { cwd: folder, env: { ...env, LADING_TEST_TALLY: join(folder, 'tally.json') }, encoding: 'utf8' },
    )
    const tally: Tally = JSON.parse(readFileSync(join(folder, 'tally.json'), 'utf8'))
    assert.equal(status, 1)
    assert.match(stdout, /^✖ sample\.test\.mjs > a suite > bad$/m)
    assert.match(stdout, /one is not two/)
    assert.match(stdout, /said on the way/)
    assert.doesNotMatch(stdout, /good/)
    assert.deepEqual(tally, {
      counts: { tests: 5, suites: 1, passed: 1, failed: 1, cancelled: 0, skipped: 2, todo: 1 },
      skips: [
        { id: 'sample.test.mjs > a suite > left out', reason: 'no such program' },
        { id: 'sample.test.mjs > planned', reason: 'to do: no reason given' },
        { id: 'sample.test.mjs > left out in the end', reason: 'no reason given' },
      ],
      failures: [{ id: 'sample.test.mjs > a suite > bad', why: 'one is not two\n\n1 !== 2' }],
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("the closing lines are node's", () => {
  const counts = { tests: 5, suites: 1, passed: 1, failed: 1, cancelled: 0, skipped: 2, todo: 1 }
  assert.equal(
    closingLines(counts, 7),
    'ℹ tests 5\nℹ suites 1\nℹ pass 1\nℹ fail 1\nℹ cancelled 0\nℹ skipped 2\nℹ todo 1\nℹ duration_ms 7',
  )
})
