import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runOnSmallDisk, whyNoSmallDisk } from '../../kit/small-disk.ts'

test('on a full disk a change is refused as a whole, the mark stays, and all goes on once there is room', {
  skip: whyNoSmallDisk() ?? false,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
  try {
    const program = join(import.meta.dirname, 'sqlite-full-disk-child.ts')
    const said = runOnSmallDisk(48 * 1024 * 1024, folder, program)
    assert.deepEqual(said.trim().split('\n'), [
      'before: applied',
      'until: refused',
      'mark stayed: true',
      'found: 300',
      'found beyond: 0',
      'built anew: refused',
      'mark stayed: true',
      'with room: applied',
      'found: 300',
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
