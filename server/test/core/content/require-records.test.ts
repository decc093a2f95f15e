import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newMemoryFiles } from '../../../src/adapters/blobs/memory/memory-files.ts'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { testCore } from '../kit.ts'
import { Scenario } from '../scenario.ts'

test('content whose records are gone is not taken for a new registry, and stays', async () => {
  const files = newMemoryFiles()
  {
    await using world = await testCore({ blobs: openMemoryBlobs({ files }) })
    const s = new Scenario(world)
    await s.push(s.piece('a large layer', 200_000))
  }
  assert.equal(files.byName.size, 1)
  const before = structuredClone([...files.byName])
  for (const _start of [1, 2]) {
    await assert.rejects(
      testCore({ blobs: openMemoryBlobs({ files }) }),
      /there is content .* and there are no records of it.*Nothing was changed.*lading restore/,
    )
  }
  assert.deepEqual([...files.byName], before)
})
