import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { requireOwnContent } from '../../../src/core/content/require-own-content.ts'

test('a registry takes files that nobody has claimed, and comes back to them; another one is kept from them', async () => {
  const blobs = openMemoryBlobs()
  await requireOwnContent({ blobs }, 'sha256:one')
  await requireOwnContent({ blobs }, 'sha256:one')
  await assert.rejects(requireOwnContent({ blobs }, 'sha256:two'), {
    message: /is another registry's \(sha256:one\), and the records are those of sha256:two/,
  })
  await requireOwnContent({ blobs }, 'sha256:one')
})
