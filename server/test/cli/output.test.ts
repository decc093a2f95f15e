import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runLine } from './run-line.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

test('what could not be said is no success', {
  skip: existsSync('/dev/full') ? false : 'nothing here is always full',
}, () => {
  const full = openSync('/dev/full', 'w')
  try {
    const { status, stderr } = spawnSync(process.execPath, [main, 'config', '--json'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    assert.match(stderr, /^lading: what it says cannot be written: ENOSPC\b.*\n$/)
    assert.equal(status, 1)
  } finally {
    closeSync(full)
  }
})

test('with --json whatever went wrong is one line of JSON', async () => {
  for (const [line, message] of [
    ['scrub --quik --json', /^there is no flag --quik.*--quick/],
    ['scrub --json --quick --quick there', /^--quick is given more than once$/],
    ['backup --json', /^wants <folder>$/],
    ['bakup ./x --json', /^there is no command "bakup".*backup[^\n]*$/],
    ['export Acme/app ./x --json', /invalid/],
    ['tag history --json nonsense', /^wants host/],
  ] as const) {
    const { code, out, err } = await runLine(line)
    assert.deepEqual([code, out], [2, ''], line)
    assert.match(JSON.parse(err).error, message)
  }
  assert.match((await runLine('backup -- a b --json')).err, /^lading backup: does not know/)
})
