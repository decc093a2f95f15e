import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openPhases } from './phases.ts'
import { unmet } from './report.ts'

function openIn(...lines: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'lading-phases-'))
  try {
    writeFileSync(join(folder, 'log'), lines.map((line) => `${line}\n`).join(''))
    return [...openPhases(join(folder, 'log'))].sort()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a kill met what had begun and was not over, in any thread', () => {
  assert.deepEqual(openIn('+ seal 0-1', '+ commit 2-1', '- seal 0-1'), ['commit'])
  assert.deepEqual(openIn('+ seal 0-1', '+ seal 1-1', '- seal 0-1', '+ upload 0-2'), ['seal', 'upload'])
  assert.deepEqual(openIn('+ seal 0-1', '- seal 0-1'), [])
  assert.deepEqual([...openPhases('/nowhere/at/all')], [])
})

test('a migration is over when the server listens, and commits within it are its own', () => {
  assert.deepEqual(openIn('+ migration all', '+ commit 2-1'), ['migration'])
  assert.deepEqual(openIn('- migration all', '+ migration all', '- migration all', '+ commit 2-1'), [
    'commit',
  ])
})

test('a phase that no kill met is told', () => {
  const met = { upload: 1, seal: 0, commit: 2, collection: 1, migration: 0, nothing: 9 }
  assert.deepEqual(unmet({ met }), ['seal', 'migration'])
})
