import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { openScratch } from './scratch.ts'

test('what tests leave goes with their folder', () => {
  const scratch = openScratch(false)
  assert.equal(dirname(scratch.folder), tmpdir())
  writeFileSync(join(scratch.folder, 'left'), 'x')
  scratch[Symbol.dispose]()
  assert.ok(!existsSync(scratch.folder))
})

test('without room in memory it is on the disk', () => {
  using none = openScratch(true, () => 0)
  assert.equal(dirname(none.folder), tmpdir())
  using little = openScratch(true, () => 67_108_864)
  assert.equal(dirname(little.folder), tmpdir())
})

test('with room in memory it is there', { skip: !existsSync('/dev/shm') && 'no /dev/shm here' }, () => {
  using scratch = openScratch(true, () => Number.MAX_SAFE_INTEGER)
  assert.equal(dirname(scratch.folder), '/dev/shm')
})
