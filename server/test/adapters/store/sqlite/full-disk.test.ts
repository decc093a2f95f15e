import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { runOnSmallDisk, whyNoSmallDisk } from '../../../kit/small-disk.ts'
import { temporaryFolder } from './sqlite-harness.ts'

test('on a disk that is full the reserve is given up, what does not fit is told as full, and all goes on once there is room', {
  skip: whyNoSmallDisk() ?? false,
}, async () => {
  await using folder = await temporaryFolder()
  const said = runOnSmallDisk(16 * 1024 * 1024, folder.path, join(import.meta.dirname, 'full-disk-child.ts'))
  assert.deepEqual(said.trim().split('\n'), [
    'before: ok',
    'free: 0',
    'small: ok',
    'until: full',
    'reserve: 0',
    'written some: true',
    'reads: 1',
    'free for others: 0',
    'after the reader: ok',
    'with room: ok',
    'put: ok',
    'reads: 8',
  ])
})
