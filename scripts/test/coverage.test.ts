import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CoveredFile, falls, shareOf } from './coverage.ts'

const file = (lines: number, branches: number): CoveredFile => ({
  path: '/a.ts',
  totalLineCount: 100,
  coveredLineCount: lines,
  totalBranchCount: 10,
  coveredBranchCount: branches,
})

test('a folder is covered by as much as all of its files together', () => {
  assert.deepEqual(shareOf('core', [file(100, 10), file(80, 9)]), { name: 'core', lines: 90, branches: 95 })
})

test('a folder falls by its lines or by its branches', () => {
  assert.equal(falls(shareOf('core', [file(90, 9)])), false)
  assert.equal(falls(shareOf('core', [file(89, 10)])), true)
  assert.equal(falls(shareOf('core', [file(100, 8)])), true)
})
