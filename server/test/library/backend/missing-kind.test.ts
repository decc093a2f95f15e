import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { unwrap } from '../../../src/library/result.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'

const recipe = { name: 'recipe', about: 'How something is cooked', schema: { type: 'object' } }

test('a folder is not opened without a kind that it has artifacts of, and says which', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-kinds-'))
  try {
    const before = new SQLiteBackend({ filename: folder, kinds: [recipe], jobs: false })
    unwrap(await before.connect())
    unwrap(await before.create({ type: 'recipe', source: 'x', metadata: { name: 'Pie' } }))
    unwrap(await before.disconnect())
    const without = await new SQLiteBackend({ filename: folder, jobs: false }).connect()
    assert.ok(!without.ok)
    assert.deepEqual([without.error.code, without.error.field], ['VALIDATION', 'kinds'])
    assert.match(without.error.message, /^invalid kinds: there are artifacts of the kind recipe, /)
    const again = new SQLiteBackend({ filename: folder, kinds: [recipe], jobs: false })
    unwrap(await again.connect())
    unwrap(await again.disconnect())
  } finally {
    await rm(folder, { recursive: true })
  }
})
